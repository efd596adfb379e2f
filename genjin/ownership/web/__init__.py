"""Pages of ownership: whose a record is and was, its team, the pools and their rules."""

from genjin.ownership.web import capacity_settings, owners, pool_cards, pool_settings, pools

__all__ = ["capacity_settings", "owners", "pool_cards", "pool_settings", "pools"]
