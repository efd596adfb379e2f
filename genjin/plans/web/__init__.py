"""Pages of plans: the panel on a customer's page, workbench, calendar, customer care, feed for other calendars."""

from genjin.plans.web import care, diary, feed, panels, today

__all__ = ["care", "diary", "feed", "panels", "today"]
