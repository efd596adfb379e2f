"""The writes of customers, split by noun."""

from genjin.customers.actions import contacts, customers, pools, resting, rhythm, tagging

__all__ = ["contacts", "customers", "pools", "resting", "rhythm", "tagging"]
