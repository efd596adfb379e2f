"""Which opportunities rows of the ledger concern, beside those that sources of signals know."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from genjin.opportunities.models import Participant


def of_participants(ids: Collection[int]) -> Iterable[tuple[str, int]]:
    """The opportunities of participants: one of them may object to being scored."""
    rows = Participant.objects.filter(pk__in=ids).values_list("opportunity_id", flat=True)
    return (("opportunity", row_id) for row_id in rows)


def of_contacts(ids: Collection[int]) -> Iterable[tuple[str, int]]:
    """The opportunities of contacts: they may have been merged with one who objects."""
    rows = Participant.objects.filter(contact_id__in=ids).values_list("opportunity_id", flat=True)
    return (("opportunity", row_id) for row_id in rows)
