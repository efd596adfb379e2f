"""Work of customers outside requests, split by subject."""

from genjin.customers.jobs import rhythm
from genjin.customers.monthend import jobs as month_end

__all__ = ["month_end", "rhythm"]
