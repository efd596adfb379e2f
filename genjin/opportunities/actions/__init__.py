"""The writes of opportunities: the record itself, its moves, what hangs on it, the pipelines."""

from genjin.opportunities.actions import moves, opportunities, parts, pipelines, shares, stages

__all__ = ["moves", "opportunities", "parts", "pipelines", "shares", "stages"]
