"""What the company stored: schemes, objections."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from genjin.customers.models import Contact
from genjin.kernel.models.rows import Record
from genjin.leads.models import Lead
from genjin.opportunities.models import Participant
from genjin.scoring.models import Objection, Scoring


def stored_schemes() -> dict[str, Scoring]:
    """{record type: the scheme that the company made}."""
    return {row.record_type: row for row in Scoring.objects.all()}


@dataclass(frozen=True)
class Objecting:
    """Why a record takes no part: the reason, who wrote it down, when; `of`: (type, id) of where it was written."""

    reason: str
    by: int | None
    at: datetime
    of: tuple[str, int]


def objections_of(record_type: str, ids: Collection[int]) -> list[Objection]:
    """What was written down on these records, and on the leads that contacts and opportunities were made of: an
    objection goes with whoever raised it (B19 art. 24)."""
    told = Q(record_type=record_type, record_id__in=ids)
    column = {"contact": "contact_id__in", "opportunity": "opportunity_id__in"}.get(record_type)
    if column:
        leads = Lead.objects.filter(**{column: ids}).values("pk")
        told |= Q(record_type="lead", record_id__in=leads)
    return list(Objection.objects.filter(told).order_by("id"))


def objecting_leads(ids: Collection[int]) -> set[int]:
    """Of these leads those that take no part."""
    rows = Objection.objects.filter(record_type="lead", record_id__in=ids)
    return set(rows.values_list("record_id", flat=True))


def objecting_opportunities(ids: Collection[int]) -> set[int]:
    """Of these opportunities those whose lead or any of whose contacts takes no part."""
    if not Objection.objects.exists():
        return set()
    objecting = Objection.objects.filter(record_type="lead").values("record_id")
    leads = Lead.objects.filter(pk__in=objecting)
    found = set(leads.filter(opportunity_id__in=ids).values_list("opportunity_id", flat=True))
    contacts = Q(contact_id__in=Objection.objects.filter(record_type="contact").values("record_id"))
    contacts |= Q(contact_id__in=leads.filter(contact_id__isnull=False).values("contact_id"))
    rows = Participant.objects.filter(contacts, opportunity_id__in=ids)
    return {row for row in (*found, *rows.values_list("opportunity_id", flat=True)) if row is not None}


def objection_on(record: Record) -> Objecting | None:
    """Why a lead, contact or opportunity takes no part; None when it does."""
    if not Objection.objects.exists():
        return None
    found = objections_of(record.row_type, [record.pk])
    if not found and record.row_type == "opportunity":
        contacts = Contact.objects.filter(pk__in=Participant.objects.filter(opportunity_id=record.pk).values("contact"))
        found = objections_of("contact", list(contacts.values_list("pk", flat=True)))
    if not found:
        return None
    row = found[0]
    return Objecting(row.reason, row.by_id, row.created_at, (row.record_type, row.record_id))
