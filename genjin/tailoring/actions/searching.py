"""Search texts after a field became searchable or ceased to be: derived, hence written down nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import set_search
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.tailoring.grants import WORK

JOB = "tailoring.search"
AT_ONCE = 200


@action(
    "fields.restate_search",
    on=None,
    needs=WORK,
    label=gettext_lazy("更新搜索"),
    silent="search texts follow from values and a definition, which are written down themselves",
    listed=False,
)
def restate_search(actor: Actor, *, field_id: int, after: int) -> int | None:  # noqa: ARG001 - every action gets it
    """The next rows behind an id that hold a value. The id to go on after; None when there are no more."""
    field = OwnField.objects.get(pk=field_id)
    declared = RECORD_TYPES[field.record_type]
    rows = declared.model._default_manager.filter(pk__gt=after, custom__has_key=field.key).order_by("pk")
    found = list(rows.select_for_update(of=("self",))[:AT_ONCE])
    restate_rows(found, declared)
    return found[-1].pk if len(found) == AT_ONCE else None


def restate_rows(rows: Iterable[Record], declared: RecordType) -> None:
    """Work out the search texts of rows (locked) anew. A step of actions."""
    for row in rows:
        set_search(row, declared)
        row.save(update_fields=["search", "search_key"])
