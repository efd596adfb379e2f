"""Work of duplicates outside the request: the run over a whole base, which grows stale; looking at new records."""

from genjin.duplicates.jobs import registrations, staling, sweeping

__all__ = ["registrations", "staling", "sweeping"]
