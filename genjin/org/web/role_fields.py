"""The part of the role editor that says what a role may do with each field: lines by type and section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.kernel.fields.base import Access
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.seeing import access_words
from genjin.kernel.sights import can_be_limited, can_be_masked, in_force
from genjin.org.snapshot import ALLOWING

FIELD = "fields:"  # before a field's path in the flat form
SENT = "field:"  # before it in what browsers send


@dataclass(frozen=True)
class FieldLine:
    """One field: `offered` are (access, words, whether it may be given); nothing for a field that no role limits."""

    path: str
    label: str
    chosen: str
    offered: list[tuple[str, str, bool]]


@dataclass(frozen=True)
class TypeLines:
    """A record type with its fields by section, and how many are limited."""

    key: str
    label: str
    icon: str
    groups: list[tuple[str, list[FieldLine]]]
    limited: int


def lines(actor: Actor, fields: Mapping[str, str]) -> list[TypeLines]:
    """Every type with its fields in the order of its forms, as a role has them."""
    return [_of_type(actor, in_force(t, actor.stamp), fields) for t in RECORD_TYPES.values()]


def _of_type(actor: Actor, declared: RecordType, fields: Mapping[str, str]) -> TypeLines:
    groups = []
    for section in declared.sections:
        part = [_line(actor, declared, f, fields) for f in declared.fields if f.section == section.key]
        if part:
            groups.append((str(section.label), part))
    limited = sum(path.partition(".")[0] == declared.key for path in fields)
    return TypeLines(declared.key, str(declared.many), declared.icon, groups, limited)


def _line(actor: Actor, declared: RecordType, known: Field, fields: Mapping[str, str]) -> FieldLine:
    path = f"{declared.key}.{known.key}"
    chosen = fields.get(path, str(Access.EDIT))
    offered = list(_offered(actor, path, known, chosen)) if can_be_limited(declared, known.key) else []
    return FieldLine(path, str(known.label), chosen, offered)


def _offered(actor: Actor, path: str, known: Field, chosen: str) -> Iterator[tuple[str, str, bool]]:
    mine = ALLOWING.index(dict(actor.rights).get(path, Access.EDIT))
    for access, words in reversed(access_words().items()):
        if access is Access.READ and not known.editable:
            continue
        if access is Access.MASKED and not can_be_masked(known) and chosen != access:
            continue
        said = _("可查看") if access is Access.EDIT and not known.editable else words
        yield str(access), said, ALLOWING.index(access) <= mine or chosen == access


def sent(post: QueryDict, stored: Mapping[str, str]) -> dict[str, str]:
    """What a form says of fields; of what it did not show (retired fields) what is stored."""
    shown = {name.removeprefix(SENT): post.get(name, "") for name in post if name.startswith(SENT)}
    rest = {path: access for path, access in stored.items() if path not in shown}
    return rest | {path: access for path, access in shown.items() if access != Access.EDIT}


def flat(fields: Mapping[str, str], stamp: int) -> dict[str, str | None]:
    """Each field for itself, so that two people may change different ones; None for a usual one."""
    known = [f"{t.key}.{f.key}" for t in RECORD_TYPES.values() for f in in_force(t, stamp).fields]
    return {f"{FIELD}{path}": fields.get(path) for path in sorted({*known, *fields})}


def unflat(values: Mapping[str, str | None]) -> dict[str, str]:
    """The other way round; what somebody else set back to usual is None."""
    return {key.removeprefix(FIELD): access for key, access in values.items() if key.startswith(FIELD) and access}
