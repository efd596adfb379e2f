"""Pages of ownership: whose a record is and was, its team, the pools and their rules."""

from genjin.ownership.web import owners, pool_cards, pool_settings, pools

__all__ = ["owners", "pool_cards", "pool_settings", "pools"]
