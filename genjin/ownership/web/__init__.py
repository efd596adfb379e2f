"""Pages of ownership: whose a record is and was, its team, the pools and their rules."""

from genjin.ownership.web import capacity_settings, examples, former, owners, pool_cards, pool_settings, pools, shares

__all__ = ["capacity_settings", "examples", "former", "owners", "pool_cards", "pool_settings", "pools", "shares"]
