"""Reads of sealed events by merging: whoever owned one of the records is told."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from genjin.kernel.models.events import Event
from genjin.kernel.notices import Told, declare_notice, notify_each
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sealing import consumer
from genjin.merging.queries.owners import rows_told

OURS = gettext_lazy("记录合并")
MERGED, TAKEN_IN, APART = "merged", "merged_in", "unmerged"
declare_notice(MERGED, gettext_lazy("%(who)s把您的「%(title)s」合并到了另一条记录"), "git-merge", label=OURS)
declare_notice(TAKEN_IN, gettext_lazy("%(who)s把重复的记录合并到了您的「%(title)s」"), "git-merge", label=OURS)
declare_notice(APART, gettext_lazy("%(who)s撤销了「%(title)s」的合并"), "arrow-back-up", label=OURS)


@consumer("merging_telling")
def tell(events: Sequence[Event]) -> None:
    """One message per record and owner; never to who did it himself."""
    told: list[Told] = []
    plurals = {declared.plural: declared for declared in RECORD_TYPES.values()}
    for event in events:
        plural, _dot, verb = event.action.partition(".")
        declared = plurals.get(plural)
        if declared is None or verb not in ("merge", "unmerge"):
            continue
        for row, is_master in rows_told(declared, event.note):
            kind = APART if verb == "unmerge" else TAKEN_IN if is_master else MERGED
            if row.owner_id and row.owner_id != event.member_id:
                told.append(Told(row.owner_id, kind, row, event.pk))
    notify_each(told)
