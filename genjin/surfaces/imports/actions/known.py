"""What is there already: customers that came meanwhile, fields that are filled, contacts and follow-ups of before.
Asked for many rows at once; a step of the import's own action.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from genjin.customers.actions.customers import DUPLICATE_WORDS
from genjin.customers.models import Contact, Customer
from genjin.customers.record import CUSTOMER
from genjin.followups.models import FollowUp
from genjin.kernel import normal
from genjin.kernel.actor import Actor
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Values
from genjin.kernel.models.rows import Life
from genjin.surfaces.imports.models import Decision, Import

if TYPE_CHECKING:
    from genjin.surfaces.imports.actions.bringing import Fate

NOT_CHANGED = frozenset({"code", "name"})


def meanwhile(actor: Actor, batch: Import, fates: Sequence[Fate]) -> None:
    """Refuse rows whose customer somebody else entered after the rows were compared."""
    since = batch.begun_at
    if not fates or since is None:
        return
    others = Customer.objects.filter(updated_at__gte=since).exclude(imported=True, created_by=actor.member_id)
    seen: dict[tuple[str, str], bool] = {}
    for row in others.values_list("name_key", "fuzzy_key", "phone", "credit_code"):
        seen |= {pair: True for pair in zip(("name", "similar", "phone", "credit_code"), row, strict=True) if pair[1]}
    if not seen:
        return
    for fate in fates:
        given = fate.values.get("customer", {})
        name = given.get("name") or ""
        fuzzy = normal.company_fuzzy_key(name)[:200]
        keys = {
            "credit_code": given.get("credit_code") or "",
            "name": normal.company_key(name)[:200],
            "phone": given.get("phone") or "",
            "similar": fuzzy if len(fuzzy) >= 2 else "",
        }
        why = next((why for why, key in keys.items() if key and (why, key) in seen), "")
        if why:
            fate.refused.append(_("校验之后有同事新建了这个客户（%s），请核对") % DUPLICATE_WORDS[why])


def blanks_only(fates: Sequence[Fate]) -> dict[int, Values]:
    """{row number: what is to be set on the customer}: what is different, for FILL only where nothing stands."""
    if not fates:
        return {}
    rows = Customer.objects.in_bulk([fate.customer_id for fate in fates])
    fields = {field.key: field for field in CUSTOMER.fields}
    wanted = {}
    for fate in fates:
        row = rows.get(fate.customer_id or 0)
        values = Values()
        for key, value in fate.values.get("customer", {}).items():
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
