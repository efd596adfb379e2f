"""The writes of public forms."""

from genjin.leadforms.actions import channels, forms, landing, receiving

__all__ = ["channels", "forms", "landing", "receiving"]
