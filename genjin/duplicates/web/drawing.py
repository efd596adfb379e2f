"""Hits as templates draw them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.duplicates.rules import Effect
from genjin.duplicates.telling import Hit
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.ui.addresses import record_url


@dataclass(frozen=True)
class DrawnHit:
    """One line: its title and address (none for what the reader may not see), why, how sure, whom to ask."""

    title: str
    url: str
    icon: str
    words: str
    percent: int
    owner: str
    department: str
    state: str
    blocks: bool


def drawn(hit: Hit) -> DrawnHit:
    """A hit as a line."""
    declared = RECORD_TYPES[hit.record_type]
    return DrawnHit(
        title=hit.title or _("同事的记录"),
        url=_url(declared, hit),
        icon=declared.icon,
        words=hit.words(),
        percent=hit.percent,
        owner=hit.owner,
        department=hit.department,
        state=_state(hit),
        blocks=hit.effect is Effect.BLOCK,
    )


def _url(declared: RecordType, hit: Hit) -> str:
    if hit.pool:
        return reverse("pooled", args=[declared.plural, hit.pool[0], hit.row_id])
    return record_url(declared, hit.record_id) if hit.record_id else ""


def _state(hit: Hit) -> str:
    if hit.pool:
        return _("在公海「%s」") % hit.pool[1]
    return str(Life(hit.life).label) if not hit.hidden and hit.life != Life.LIVE else ""
