"""Records that were merged into another one (B3): what an old id, address or code means now.

The merged record says in `custom` into which one (INTO), the master which ones it took in (MERGED, theirs included): no
query is needed to know that a record is neither. Who merges writes them; everybody else asks here.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.models.rows import Record
from genjin.kernel.refusal import NotFound, Refused

INTO = "~into"
MERGED = "~merged"
MOST_STEPS = 100
R = TypeVar("R", bound=Record)


def into(row: Record) -> int | None:
    """The id of the record that this one was merged into; None for one that stands for itself."""
    found: int | None = row.custom.get(INTO)
    return found


def merged_into(row: Record) -> list[int]:
    """The ids of the records that this one took in, at one or several removes."""
    found: list[int] = list(row.custom.get(MERGED, ()))
    return found


def demand_unmerged(row: Record) -> None:
    """A merged record does not come back by itself. Raises Refused("merged")."""
    if into(row) is not None:
        raise Refused("merged", _("这条记录已合并到别的记录，不能单独还原；请在合并后的记录上撤销合并"))


def master_of(model: type[Record], row_id: int) -> int | None:
    """The id of the record that stands for a merged one today, whoever may see it; None when it was not merged."""
    found = None
    for _step in range(MOST_STEPS):
        rows = model._default_manager.filter(pk=found or row_id)
        following: Any = rows.values_list(f"custom__{INTO}", flat=True).first()
        if following is None:
            return found
        found = following
    return found


def row_or_master(actor: Actor, model: type[R], row_id: int) -> R:
    """The row to be seen, or the one that stands for it; the merged row itself for who may see that one only. Raises
    NotFound."""
    try:
        row = row_for(actor, model, row_id, to=SEE)
    except NotFound:
        master = master_of(model, row_id)
        if master is None:
            raise
        return row_for(actor, model, master, to=SEE)
    if into(row) is None:
        return row
    try:
        return row_for(actor, model, master_of(model, row_id) or row_id, to=SEE)
    except NotFound:
        return row


def found_by_too(row: Record, title: str) -> tuple[list[str], list[str]]:
    """(codes, titles) of the records that a row took in: they find it. One query; none for a row that took in none."""
    ids = merged_into(row)
    if not ids:
        return [], []
    rows = list(type(row)._default_manager.filter(pk__in=ids).order_by("pk").values_list("code", title))
    return [code for code, _title in rows], [str(named) for _code, named in rows if named]
