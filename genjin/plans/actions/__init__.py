"""The writes of plans (B7)."""

from genjin.plans.actions import feeds, passing, plans, settling, support

__all__ = ["feeds", "passing", "plans", "settling", "support"]
