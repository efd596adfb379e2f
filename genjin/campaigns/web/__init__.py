"""Pages of campaigns beside the generic ones."""

from genjin.campaigns.web import panels

__all__ = ["panels"]
