"""Reminders: how messages reach a member outside the product (e-mail, group robots, Web Push), when, and never twice."""
