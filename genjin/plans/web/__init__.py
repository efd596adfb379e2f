"""Pages of plans: the panel on a customer's page, the workbench, the calendar, the feed for other calendars."""

from genjin.plans.web import diary, feed, panels, today

__all__ = ["diary", "feed", "panels", "today"]
