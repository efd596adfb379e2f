"""The writes of customers, split by noun."""

from genjin.customers.actions import clashes, contacts, customers, pools, resting, rhythm, shares, tagging

__all__ = ["clashes", "contacts", "customers", "pools", "resting", "rhythm", "shares", "tagging"]
