"""Pages of sales clashes: the list, a case, declaring from a record, the card beside it."""

from genjin.clashes.web import declaring, listing, showing

__all__ = ["declaring", "listing", "showing"]
