"""What is there already: customers that came meanwhile, fields that are filled, contacts and follow-ups of before.
Asked for many rows at once; a step of the import's own action.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from genjin.customers.models import Contact
from genjin.customers.record import CONTACT
from genjin.followups.models import FollowUp
from genjin.kernel.actor import Actor
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Values
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RecordType
from genjin.kernel.together import kin
from genjin.kernel.wording import labelled
from genjin.surfaces.imports.models import Decision

if TYPE_CHECKING:
    from genjin.surfaces.imports.actions.bringing import Fate

NOT_CHANGED = frozenset({"code", "name"})


def blanks_only(actor: Actor, record_type: RecordType, fates: Sequence[Fate]) -> dict[int, Values]:
    """{row number: what is to be set on the record}: what is different, for FILL only where nothing stands."""
    rows = record_type.model._default_manager.in_bulk([fate.customer_id for fate in fates])
    fields = {field.key: field for field in record_type.visible_fields(actor)}
    wanted = {}
    for fate in fates:
        row = rows.get(fate.customer_id or 0)
        values = Values()
        for key, value in fate.values.get(record_type.key, {}).items():
            if row is None or key in NOT_CHANGED or key not in fields:
                continue
            stands: Any = get_value(row, fields[key])
            empty = stands in (None, "", [], {})
            if stands != value and (empty or fate.decision == Decision.OVERWRITE):
                values[key] = value
        wanted[fate.number] = values
    return wanted


def already_there(fates: Sequence[Fate]) -> None:
    """Contacts and follow-ups that a customer of before has already are not brought again."""
    before = [fate for fate in fates if fate.row is None and fate.customer_id]
    ids = {fate.customer_id for fate in before if fate.customer_id}
    if any(key.startswith("contact") for fate in before for key in fate.values):
        rows = Contact.objects.filter(customer_id__in=ids, life__lt=Life.VOIDED)
        people = {(c, n) for c, n, _p in rows.values_list("customer_id", "name", "phone")}
        for fate in before:
            for key in [k for k in fate.values if k.startswith("contact")]:
                if (fate.customer_id, fate.values[key].get("name")) in people:
                    del fate.values[key]
    if any("followup" in fate.values for fate in before):
        _same_followups(before, ids)


def spoken_with(fates: Sequence[Fate]) -> None:
    """A follow-up that names nobody was with the one contact of its row."""
    for fate in fates:
        people = [given for key, given in fate.values.items() if key.partition(".")[0] == CONTACT.key]
        if len(people) == 1 and people[0].get("name") and "followup" in fate.values:
            fate.values["followup"].setdefault("contact", people[0]["name"])


def with_contacts(fates: Sequence[Fate]) -> None:
    """Contacts that follow-ups name become those of the customer; whoever he does not have is told in the text."""
    named = [fate for fate in fates if fate.values.get("followup", {}).get("contact")]
    if not named:
        return
    people = _people({fate.customer_id for fate in named if fate.customer_id})
    for fate in named:
        given = fate.values["followup"]
        name = str(given.pop("contact"))
        contact = people.get((fate.customer_id or 0, name))
        if contact is not None:
            given["contact"] = contact
        else:
            given["content"] = "\n".join(filter(None, [given.get("content", ""), labelled(str(CONTACT.label), name)]))


def _people(customers: set[int]) -> dict[tuple[int, str], int]:
    """{(customer, name): the contact}; of customers made in the same frame nothing is asked."""
    made = {customer: kin(Contact, "customer_id", customer) for customer in customers}
    found = {(c.customer_id, c.name): c.pk for rows in made.values() for c in rows or () if c.life < Life.VOIDED}
    asked = [customer for customer, rows in made.items() if rows is None]
    if asked:
        rows = Contact.objects.filter(customer_id__in=asked, life__lt=Life.VOIDED)
        found |= {(customer, name): pk for customer, name, pk in rows.values_list("customer_id", "name", "pk")}
    return found


def _same_followups(fates: Sequence[Fate], ids: set[int]) -> None:
    said = ("customer_id", "occurred_at", "method", "outcome", "content")
    rows = FollowUp.objects.filter(Q(customer_id__in=ids), life=Life.LIVE)
    there = set(rows.values_list(*said))
    for fate in fates:
        given = fate.values.get("followup")
        if given:
            told = (
                fate.customer_id, given["occurred_at"], given.get("method", ""), given.get("outcome", ""),
                given.get("content", ""),
            )  # fmt: skip
            if told in there:
                del fate.values["followup"]
