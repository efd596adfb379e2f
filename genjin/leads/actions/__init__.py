"""The writes of leads."""

from genjin.leads.actions import deleting, joining, leads, pools, ringing

__all__ = ["deleting", "joining", "leads", "pools", "ringing"]
