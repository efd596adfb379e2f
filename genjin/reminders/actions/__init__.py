"""Writes of reminders: the company's channels, a member's choices and devices."""

from genjin.reminders.actions import channels, choosing, devices, robots, testing

__all__ = ["channels", "choosing", "devices", "robots", "testing"]
