"""Reminders: how messages reach a member outside the product (e-mail, robots, Web Push), when, and never twice."""
