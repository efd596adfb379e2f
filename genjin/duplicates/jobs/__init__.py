"""Work of duplicates outside the request: the run over a whole base; what was found grows stale."""

from genjin.duplicates.jobs import staling, sweeping

__all__ = ["staling", "sweeping"]
