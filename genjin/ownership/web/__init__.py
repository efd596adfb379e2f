"""Pages of ownership: whose a record is and was, its team, the pools and their rules."""

from genjin.ownership.web import owners

__all__ = ["owners"]
