"""Search over record types: the newest true hits that the actor may see, for the palette and drop-downs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Field
from genjin.kernel.lists.pages import page
from genjin.kernel.lists.reading import ListQuery
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RecordType


@dataclass(frozen=True)
class Hit:
    """One record found."""

    record_type: RecordType
    id: int
    title: str
    life: int
    values: dict[str, Any]


def search(
    actor: Actor, record_type: RecordType, text: str, *, most: int = 8, columns: Sequence[Field] = ()
) -> list[Hit]:
    """The newest records that hold the text. Without text, the newest ones. Without the grant, none."""
    if not actor.may(record_type.grant("see")):
        return []
    query = ListQuery(record_type, text=text.strip()[:100], life=Life.LIVE, size=most)
    found = page(actor, query, columns)
    return [Hit(record_type, row.id, row.title, row.life, row.values) for row in found.rows]
