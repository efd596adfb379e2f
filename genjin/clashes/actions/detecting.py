"""The machine's verb: cases for new records that are like those of others (B3)."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext_lazy

from genjin.clashes.finding import clash_of, origin_of, rivals_of
from genjin.clashes.grants import DETECT
from genjin.clashes.models import Clash
from genjin.clashes.queries import known_pairs
from genjin.duplicates.actions.rules import compared_types
from genjin.duplicates.rules import ENTRY_WORDS, Entry
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Label
from genjin.kernel.fields.fixed import OneOf, Structured
from genjin.kernel.recording import record
from genjin.kernel.records import RECORD_TYPES


def _entries() -> list[tuple[str, Label]]:
    return [(entry.value, label) for entry, label in ENTRY_WORDS.items()]


@action(
    DETECT,
    on=None,
    needs=DETECT,
    label=gettext_lazy("发现撞单"),
    silent="when nothing clashes",
    listed=False,
)
def detect_clashes(
    actor: Actor,
    *,
    about: Annotated[str, OneOf(key="about", label=gettext_lazy("数据类型"), pairs=compared_types)],
    entry: Annotated[str, OneOf(key="entry", label=gettext_lazy("入口"), pairs=_entries)],
    made: Annotated[list[int], Structured(key="made", label=gettext_lazy("记录"))],
    opened_by: int | None,
) -> list[Clash]:
    """Open a case for each new record that is like one of somebody else's; at most one per pair, ever."""
    found: list[Clash] = []
    model = RECORD_TYPES[about].model
    for row in model._default_manager.filter(pk__in=made).order_by("pk"):
        known = known_pairs(row.pk)
        for rival in rivals_of(row, Entry(entry), actor.stamp):
            if rival.found.row.pk not in known:
                clash = clash_of(row, rival, origin_of(entry), opened_by)
                record(actor, clash)
                found.append(clash)
    return found
