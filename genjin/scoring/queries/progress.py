"""How far a count of all scores anew has come."""

from __future__ import annotations

from genjin.scoring.models import Sweep
from genjin.scoring.scored import Scored


def progress_of(scored: Scored) -> int | None:
    """How many records are counted; None when none is running."""
    return Sweep.objects.filter(record_type=scored.key).values_list("done", flat=True).first()
