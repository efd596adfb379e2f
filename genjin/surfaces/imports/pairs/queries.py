"""Possible duplicates one by one: a row beside what it looks like. What becomes of them is decided elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Field, FieldError, RecordRef
from genjin.kernel.people import directory
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import NotFound
from genjin.surfaces.imports.checking import unpacked
from genjin.surfaces.imports.kinds import KINDS, Kind
from genjin.surfaces.imports.models import Decision, Import, ImportRow, RowState, Why
from genjin.surfaces.imports.policy import Policy, fits
from genjin.surfaces.imports.whys import FILE, OWN

MOST_FACTS = 12
_OWN = Q(duplicate_why__in=(Why.SAME, Why.FILE_SAME)) | Q(duplicate_why__regex=f"^({FILE})?{OWN}")


@dataclass(frozen=True)
class Side:
    """One side of a pair: what it is, its values by field key as people read them."""

    texts: dict[str, str]
    record_id: int = 0
    row: int = 0
    owner: str = ""


@dataclass(frozen=True)
class Pair:
    """A row beside the customer that is there, or an earlier row of the file. `facts`: (key, label)."""

    row: ImportRow
    there: Side
    comes: Side
    facts: list[tuple[str, str]]
    decision: str
    place: int
    total: int
    previous: int
    next: int
    others: int


def pair_at(actor: Actor, batch: Import, number: int | None = None, *, after: int = 0) -> Pair | None:
    """The duplicate in this row, or the next undecided one (behind `after`, then from the top); when all are decided
    the one at `after`, or the first. None when there is none."""
    rows = ImportRow.objects.filter(batch_id=batch.pk, state=RowState.DUPLICATE).order_by("number")
    rows = rows.exclude(_OWN)  # what rows bring for a customer: nothing of his is to be compared
    policy, about = Policy.from_json(batch.policy), KINDS[batch.kind].anchor_type
    row = rows.filter(number=number).first() if number else _next_open(batch, policy, after)
    row = row or rows.filter(number__gte=after).first() or rows.first()
    if row is None:
        return None
    there, comes = _there(actor, about, batch, row), Side(_texts(actor, about, row.values), row=row.number)
    keys = [f for f in about.visible_fields(actor) if comes.texts.get(f.key) or f.key == about.title]
    return Pair(
        row=row,
        there=there,
        comes=comes,
        facts=[(f.key, str(f.label)) for f in keys][:MOST_FACTS],
        decision=policy.decision(row.duplicate_why, row.decision),
        place=rows.filter(number__lte=row.number).count(),
        total=rows.count(),
        previous=rows.filter(number__lt=row.number).order_by("-number").values_list("number", flat=True).first() or 0,
        next=rows.filter(number__gt=row.number).order_by("number").values_list("number", flat=True).first() or 0,
        others=rows.filter(duplicate_why=row.duplicate_why).count() - 1,
    )


def _next_open(batch: Import, policy: Policy, after: int) -> ImportRow | None:
    """A row about which nothing was said, neither for it nor for its kind."""
    rows = ImportRow.objects.filter(batch_id=batch.pk, state=RowState.DUPLICATE, decision="").order_by("number")
    open_ = rows.exclude(_OWN).exclude(duplicate_why__in=list(policy.duplicates))
    return open_.filter(number__gt=after).first() or open_.first()


def decisions_for(kind: Kind, why: str) -> list[Decision]:
    """What can be done with a duplicate of this kind, the most usual first."""
    order = (Decision.FILL, Decision.SKIP, Decision.OVERWRITE, Decision.ATTACH, Decision.CREATE)
    without = {Decision.ATTACH} if len(kind.parts) == 1 else set()
    return [decision for decision in order if fits(why, decision) and decision not in without]


def to_be_brought(batch: Import) -> int:
    """How many rows a run would bring in."""
    policy = Policy.from_json(batch.policy)
    rows = ImportRow.objects.filter(batch_id=batch.pk, state__in=(RowState.READY, RowState.DUPLICATE))
    found = rows.values_list("state", "duplicate_why", "decision").annotate(n=Count("number")).order_by()
    return sum(
        n for state, why, own, n in found if state == RowState.READY or policy.decision(why, own) != Decision.SKIP
    )


def _there(actor: Actor, about: RecordType, batch: Import, row: ImportRow) -> Side:
    """The other side; nothing of what the actor may not see."""
    if row.duplicate_row:
        other = ImportRow.objects.filter(batch_id=batch.pk, number=row.duplicate_row).first()
        return Side(_texts(actor, about, other.values if other else {}), row=row.duplicate_row)
    if not row.duplicate_of:
        return Side({})
    try:
        known = row_for(actor, about.model, row.duplicate_of, to=SEE)
    except NotFound:
        return Side({})
    owner = directory().member_name(known.owner_id, actor.stamp) if known.owner_id else ""
    shown = [f for f in about.visible_fields(actor) if not isinstance(f, RecordRef)]
    texts = {f.key: _text(actor, f, get_value(known, f)) for f in shown}
    return Side(texts, record_id=known.pk, owner=owner)


def _texts(actor: Actor, about: RecordType, values: Mapping[str, Any]) -> dict[str, str]:
    given = unpacked({about.key: values.get(about.key, {})})[about.key]
    keys = about.seen_by(actor).keys
    return {key: _text(actor, keys[key], value) for key, value in given.items() if key in keys}


def _text(actor: Actor, field: Field, value: Any) -> str:
    """As lists write it: personal values masked; nothing of a field that is hidden from the actor."""
    if value in (None, "", []):
        return ""
    try:
        return field.masked(value, actor)
    except (FieldError, TypeError, ValueError):
        return str(value)
