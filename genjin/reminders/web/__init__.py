"""Pages of reminders: what a member chooses, the company's channels, the service worker of pushes."""

from genjin.reminders.web import channels, choosing, devices

__all__ = ["channels", "choosing", "devices"]
