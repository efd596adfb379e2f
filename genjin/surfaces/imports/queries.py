"""Reads of imports: everybody sees his own."""

from __future__ import annotations

from genjin.kernel.actor import Actor
from genjin.kernel.refusal import NotFound
from genjin.surfaces.imports.models import Import


def import_for(actor: Actor, import_id: int, *, lock: bool = False) -> Import:
    """The door to one's own import. Raises NotFound."""
    rows = Import.objects.filter(pk=import_id, member=actor.member_id)
    row = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if row is None:
        raise NotFound
    return row


def imports_of(actor: Actor, most: int = 10) -> list[Import]:
    """One's own imports, newest first, without their files."""
    rows = Import.objects.filter(member=actor.member_id).defer("content")
    return list(rows.order_by("-id")[:most])
