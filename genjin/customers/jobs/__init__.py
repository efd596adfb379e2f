"""Work of customers outside requests, split by subject."""

from genjin.customers.jobs import rhythm

__all__ = ["rhythm"]
