"""Work of duplicates outside the request: the run over a whole base, by hand and at set times, which grows
stale; looking at new records."""

from genjin.duplicates.jobs import nightly, registrations, staling, sweeping

__all__ = ["nightly", "registrations", "staling", "sweeping"]
