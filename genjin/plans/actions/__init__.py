"""The writes of plans (B7)."""

from genjin.plans.actions import passing, plans, settling, support

__all__ = ["passing", "plans", "settling", "support"]
