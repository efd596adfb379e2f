"""The writes of campaigns."""

from genjin.campaigns.actions import campaigns, joining, touches

__all__ = ["campaigns", "joining", "touches"]
