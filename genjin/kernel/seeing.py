"""What an actor may know of a row that code reads by attribute: lines of panels, cards, feeds. Surfaces that go through
`record_type.seen_by(actor)` need nothing of this; who writes `row.phone` does.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.editing import get_value, set_value
from genjin.kernel.fields.base import Access, Field
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.sights import can_be_limited, in_force

R = TypeVar("R", bound=Record)
TEXTS = frozenset({"text", "longtext", "phone", "email", "url"})


def as_seen(actor: Actor, row: R) -> R:
    """The row with nothing in it that the actor may not know: texts that he sees masked are masked, all else of that
    kind is empty. For drawing only; a row of which nothing is kept from him is returned itself."""
    declared = type_of(row)
    if not _limited(actor, declared):
        return row
    seen, whole = declared.seen_by(actor), in_force(declared, actor.stamp)
    kept = [f for f in whole.fields if seen.accesses.get(f.key) in (Access.HIDDEN, Access.MASKED)]
    if not kept:
        return row
    shown = copy.copy(row)
    shown._state = copy.copy(row._state)
    deferred = row.get_deferred_fields()
    if "custom" not in deferred:
        shown.custom = dict(row.custom)
    for f in kept:
        if f.beside or ("custom" if f.own else f.attribute) in deferred:
            continue
        masked = f.kind in TEXTS and seen.accesses[f.key] is Access.MASKED
        set_value(shown, f, f.veiled(get_value(row, f)) if masked else _empty(row, f))
    return shown


def whole(actor: Actor, record_type: RecordType, key: str) -> bool:
    """Whether the actor may know the values of a field in full."""
    seen = record_type.seen_by(actor)
    return key in seen.own_fields and seen.accesses.get(key) is not Access.MASKED


def seen_value(actor: Actor, row: Record, key: str) -> Any:
    """The value of a field that the actor may know in full, else None."""
    declared = type_of(row)
    return get_value(row, declared.seen_by(actor).own_fields[key]) if whole(actor, declared, key) else None


def teller(actor: Actor, record_type: RecordType, key: str) -> Callable[[Any], str]:
    """What says the values of a field to the actor: as text, masked, or nothing at all."""
    known = record_type.seen_by(actor).own_fields.get(key)
    return (lambda value: known.text(value, actor)) if known else (lambda _value: "")


@dataclass(frozen=True)
class Right:
    """What an actor may do with one field, in words."""

    key: str
    label: str
    access: Access
    words: str


def rights_in_words(actor: Actor, record_type: RecordType) -> list[Right]:
    """The fields of a type of which the actor may less than usual: for pages that say what somebody sees."""
    whole_type, seen = in_force(record_type, actor.stamp), record_type.seen_by(actor)
    limited = [f for f in whole_type.fields if (f"{record_type.key}.{f.key}") in dict(actor.rights)]
    words = access_words()
    return [
        Right(f.key, str(f.label), access, words[access])
        for f in limited
        if can_be_limited(record_type, f.key) and (access := seen.accesses[f.key])
    ]


def access_words() -> dict[Access, str]:
    """What the steps are called, the least first."""
    return {
        Access.HIDDEN: _("隐藏"),
        Access.MASKED: _("遮掩"),
        Access.READ: _("只读"),
        Access.EDIT: _("可编辑"),
    }


def _limited(actor: Actor, declared: RecordType) -> bool:
    return any(path.partition(".")[0] == declared.key for path, _access in actor.rights)


def _empty(row: Record, f: Field) -> Any:
    """What its column holds when it is empty."""
    if f.own:
        return None
    column = row._meta.get_field(f.attribute)
    default = column.get_default()  # type: ignore[union-attr]  # a column
    return None if column.null else default
