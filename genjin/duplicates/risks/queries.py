"""Reads of risks: the list of those who review, the door of one, that of a record. Whoever does not see a record does
not see its risk; reasons about a field that he must not know of are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from genjin.duplicates.models import Risk
from genjin.duplicates.registering import ADDRESS, REGISTERED, By, Finding
from genjin.duplicates.risks.tracing import Entered
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.fields.base import Access
from genjin.kernel.models.events import EventLink
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound
from genjin.kernel.titles import titles_of


@dataclass(frozen=True)
class Listing:
    """What is asked for: "" and () are everything."""

    ruling: str = ""
    kind: str = ""
    record_type: str = ""
    before: int | None = None
    most: int = 30


@dataclass(frozen=True)
class SeenRisk:
    """A risk as somebody sees it: its record's title, its reasons without fields that he does not know, the titles of
    the other records that he sees."""

    risk: Risk
    title: str
    reasons: list[dict[str, Any]]
    titles: Mapping[tuple[str, int], str]


def risks_of(actor: Actor, asked: Listing) -> tuple[list[SeenRisk], int | None]:
    """(a page of risks of records that the actor sees, newest first; before which id the next page begins)."""
    rows = _visible(actor, asked.record_type).order_by("-id")
    if asked.ruling:
        rows = rows.filter(ruling=asked.ruling)
    if asked.kind:
        rows = rows.filter(kinds__contains=[asked.kind]) if "." in asked.kind else rows.filter(_of_kind(asked.kind))
    if asked.before is not None:
        rows = rows.filter(pk__lt=asked.before)
    found = list(rows[: asked.most + 1])
    page = found[: asked.most]
    return seen(actor, page), page[-1].pk if len(found) > asked.most else None


def risk_for(actor: Actor, risk_id: int, *, lock: bool = False) -> Risk:
    """A risk whose record the actor sees. Raises NotFound."""
    rows = Risk.objects.filter(pk=risk_id)
    risk = (rows.select_for_update() if lock else rows).first()
    if risk is None or not seen(actor, [risk]):
        raise NotFound
    return risk


def risk_on(actor: Actor, record: Record) -> SeenRisk | None:
    """The risk of a record that the actor sees."""
    risk = Risk.objects.filter(record_id=record.pk).first()
    found = seen(actor, [risk]) if risk else []
    return found[0] if found else None


def seen(actor: Actor, risks: Sequence[Risk]) -> list[SeenRisk]:
    """Those of records that the actor sees, with reasons that he may know. One query per type."""
    wanted: dict[str, set[int]] = {}
    for risk in risks:
        wanted.setdefault(risk.record_type, set()).add(risk.record_id)
        for reason in risk.reasons:
            for other_type, other_id in reason["others"]:
                wanted.setdefault(other_type, set()).add(other_id)
    titles = {
        (key, row_id): title
        for key, ids in wanted.items()
        if key in RECORD_TYPES
        for row_id, title in titles_of(actor, key, ids).items()
    }
    found = []
    for risk in risks:
        reasons = [reason for reason in risk.reasons if _known(actor, risk.record_type, reason)]
        if (risk.record_type, risk.record_id) in titles and reasons:
            found.append(SeenRisk(risk, titles[risk.record_type, risk.record_id], reasons, titles))
    return found


def registrable(actor: Actor) -> list[str]:
    """Keys of the types whose registrations the actor may look at."""
    return [key for key in REGISTERED if key in RECORD_TYPES and actor.may(RECORD_TYPES[key].grant("see"))]


def untold(most: int) -> list[Risk]:
    """Risks of which no reviewer was told yet, the oldest first."""
    return list(Risk.objects.filter(told=False).order_by("id")[:most])


def entered_of(ids: Sequence[int]) -> dict[int, Entered]:
    """When, by whom and how records were made."""
    links = EventLink.objects.filter(row_id__in=ids, row_version=1)
    rows = links.values_list("row_id", "event__at", "event__member_id", "event__surface")
    return {row_id: Entered(at, member_id, surface) for row_id, at, member_id, surface in rows}


def _visible(actor: Actor, record_type: str) -> QuerySet[Risk]:
    keys: Iterable[str] = [key for key in registrable(actor) if record_type in ("", key)]
    condition = Q(pk__in=[])
    for key in keys:
        there = visible_to(actor, RECORD_TYPES[key].model).filter(pk=OuterRef("record_id")).order_by()
        condition |= Q(record_type=key) & Q(Exists(there))
    return Risk.objects.filter(condition)


def _of_kind(finding: str) -> Q:
    kinds = [f"{finding}.{field}" for field in _fields_of(finding)]
    return Q(kinds__overlap=kinds)


def _fields_of(finding: str) -> list[str]:
    if finding == Finding.BURST:
        return ["member", "source", "range"]
    return sorted({c.field for r in REGISTERED.values() for c in (*r.same(), *r.names())} | {"address"})


def _known(actor: Actor, record_type: str, reason: Mapping[str, Any]) -> bool:
    """Whether the reader may know that there is such a field. Bursts of a source or range of numbers tell of fields
    too."""
    declared = RECORD_TYPES[record_type].seen_by(actor)
    registered = REGISTERED.get(record_type)
    if reason["field"] == By.MEMBER:
        return True
    if registered is None:
        return False
    numbers = [compared.field for compared in registered.phones()]
    if reason["field"] == By.RANGE:
        return any(_shown(declared, key) for key in numbers)
    name = {By.SOURCE.value: registered.source, ADDRESS: registered.address}
    return _shown(declared, name.get(reason["field"], reason["field"]))


def _shown(declared: RecordType, key: str) -> bool:
    return key in declared.own_fields and declared.accesses.get(key) is not Access.HIDDEN
