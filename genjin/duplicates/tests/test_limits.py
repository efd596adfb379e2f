"""What 查重 tells of records out of sight is written down and limited at every door (B3, trust flaw 4): in bulk, over
JSON, by converting a lead, many at the same moment; and nothing is told by a field that one does not see."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client

from genjin.conversion.actions import convert_lead
from genjin.customers.actions.customers import edit_customer
from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_customer
from genjin.duplicates.actions.rules import change_preset, create_rule
from genjin.duplicates.asking import ask_lines
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Access
from genjin.kernel.models.events import Event
from genjin.kernel.refusal import Refused
from genjin.leads.actions.leads import edit_lead
from genjin.leads.models import Lead
from genjin.leads.tests.factories import make_lead
from genjin.opportunities.actions.opportunities import edit_opportunity
from genjin.opportunities.tests.factories import make_opportunity
from genjin.org.actions.settings import change_settings
from genjin.ownership.tests.pool_worlds import drop, make_pool
from genjin.surfaces.api.tests.conftest import Caller, make_caller
from genjin.testing.cast import Cast, limit, make_cast

NAMES = [f"{name}精密机械有限公司" for name in ("甲川", "乙岭", "丙湾", "丁原", "戊岗", "己滩")]
PHONES = [f"1380013800{number}" for number in range(len(NAMES))]


def told(cast: Cast) -> list[int]:
    """What the stranger was told of, as it is written down."""
    notes = Event.objects.filter(action="duplicates.tell", member_id=cast.stranger.pk).values_list("note", flat=True)
    return [row_id for note in notes for row_id in note["told"]]


def code_of(action: Any, actor: Actor, row_id: int, raw: dict[str, str]) -> str:
    """How an action was refused, '' when it was not."""
    try:
        with transaction.atomic():
            action.run(actor, row_id, raw)
    except Refused as refusal:
        return refusal.code
    return ""


def in_bulk(cast: Cast, row: Customer, phone: str) -> str:
    outcome = edit_customer.run_many(cast.actor("stranger"), [row.pk], {"phone": phone})
    return outcome.refused[0][1].code if outcome.refused else ""


def over_json(caller: Caller, path: str, sent: Any) -> str:
    answer = caller.post(path, sent).json()
    return str((answer["refused"][0] if "refused" in answer else answer)["error"]["code"])


@pytest.fixture
def hidden(cast: Cast) -> list[Customer]:
    """Customers of somebody else."""
    return [make_customer(cast.actor("owner"), name, phone=phone) for name, phone in zip(NAMES, PHONES, strict=True)]


def test_b3_every_door_that_tells_writes_it_down_and_counts(cast: Cast, hidden: list[Customer]) -> None:
    mine = make_customer(cast.actor("stranger"), "常州天宁纺织有限公司")
    leads = [make_lead(cast.actor("stranger"), name, company=name) for name in NAMES]
    change_settings.run(cast.actor("administrator"), None, {"changes": {"duplicates.told_per_hour": "4"}})
    stranger, caller = cast.actor("stranger"), make_caller(cast.stranger)

    def converted(place: int) -> str:
        outcome = convert_lead.run_many(stranger, [leads[place].pk], {})
        return outcome.refused[0][1].code if outcome.refused else ""

    def bulk(place: int) -> str:
        return over_json(caller, "/actions/customers.edit/bulk", {"ids": [mine.pk], "input": {"phone": PHONES[place]}})

    def created(place: int) -> str:
        return over_json(caller, "/actions/customers.create", {"name": "无锡惠山纺织", "phone": PHONES[place]})

    assert in_bulk(cast, mine, PHONES[0]) == "duplicate_found"
    assert created(1) == "duplicate_found"
    assert bulk(2) == "duplicate_found"
    assert converted(3) == "customer_exists"
    assert told(cast) == [row.pk for row in hidden[:4]]
    # enough for now, whichever door; what he was told a short while ago is known
    assert {in_bulk(cast, mine, PHONES[4]), created(4), bulk(4), converted(4)} == {"too_many_duplicates"}
    assert converted(3) == "customer_exists"
    assert told(cast) == [row.pk for row in hidden[:4]]
    # where the rules say nothing of what he may not see, it is not there: a company of its own is made
    silent = {"record_type": "customer", "preset": "company", "name": "同一家", "told": "nothing", "on": True}
    silent |= {"alternatives": [[{"field": "name", "how": "fuzzy"}]], "effects": {"create": "warn"}}
    change_preset.run(cast.actor("administrator"), None, silent)
    stranger = cast.actor("stranger")
    assert converted(5) == ""
    made = Lead.objects.get(pk=leads[5].pk).customer_id
    assert made not in (None, hidden[5].pk)
    assert len(told(cast)) == 4


def test_b3_a_field_that_one_does_not_see_tells_nothing_when_others_change(cast: Cast) -> None:
    both = [[{"field": "name", "how": "exact"}, {"field": "phone", "how": "exact"}]]
    rule = {"record_type": "customer", "name": "名称和电话", "effects": {"edit": "block"}, "alternatives": both}
    create_rule.run(cast.actor("administrator"), None, rule)
    make_customer(cast.actor("owner"), NAMES[0], phone=PHONES[0])
    mine = make_customer(cast.actor("stranger"), "常州天宁纺织有限公司", phone=PHONES[0])
    off = {"record_type": "customer", "preset": "company", "name": "关", "on": False}
    off |= {"alternatives": [[{"field": "name", "how": "fuzzy"}]], "effects": {}}
    change_preset.run(cast.actor("administrator"), None, off)
    assert code_of(edit_customer, cast.actor("stranger"), mine.pk, {"name": NAMES[0]}) == "duplicate_blocked"
    limit("salesperson", "customer.phone", Access.HIDDEN)
    assert code_of(edit_customer, cast.actor("stranger"), mine.pk, {"name": NAMES[0]}) == ""


def test_b3_leads_and_opportunities_are_compared_when_they_are_changed(cast: Cast) -> None:
    owner = cast.actor("owner")
    make_lead(owner, "甲", company=NAMES[0], mobile=PHONES[0])
    lead = make_lead(owner, "乙", company=NAMES[1], mobile=PHONES[1])
    assert code_of(edit_lead, owner, lead.pk, {"mobile": PHONES[0]}) == "duplicate_found"
    assert Lead.objects.get(pk=lead.pk).mobile == PHONES[1], "nothing changed"
    assert code_of(edit_lead, owner, lead.pk, {"need": "没有改号码"}) == ""
    assert code_of(edit_lead, owner, lead.pk, {"mobile": PHONES[0], "duplicate_known": "1"}) == ""
    customer = make_customer(owner, NAMES[2])
    make_opportunity(owner, "A3 栋整层", customer)
    other = make_opportunity(owner, "B1 栋", customer)
    assert code_of(edit_opportunity, owner, other.pk, {"name": "A3 栋整层"}) == "duplicate_found"
    assert code_of(edit_opportunity, owner, other.pk, {"name": "A3 栋整层", "duplicate_known": "1"}) == ""


def test_b3_what_lies_in_a_pool_that_one_sees_may_be_claimed_there(cast: Cast) -> None:
    masked = {"phone": "masked", "credit_code": "hidden"}
    pool = make_pool("华东公海", cast.stranger.pk, hidden=masked)
    code = "91320594MA1MXXXX1K"
    row = drop(make_customer(cast.actor("owner"), NAMES[0], phone=PHONES[0]), pool)
    Customer.objects.filter(pk=row.pk).update(credit_code=code)
    stranger = cast.actor("stranger")
    (hit,) = ask_lines(stranger, CUSTOMER, NAMES[0]).lines[0].hits
    assert (hit.pool, hit.hidden, hit.title) == ((pool.pk, "华东公海"), False, NAMES[0])
    assert hit.fact()["id"] == row.pk
    assert told(cast) == [], "nobody is told of what he sees"
    client = Client()
    client.force_login(cast.stranger)
    page = client.post("/duplicates/check", {"text": NAMES[0]}).content.decode()
    assert f"/customers/pools/{pool.pk}/{row.pk}" in page
    assert "在公海「华东公海」" in page
    with pytest.raises(Refused, match="在公海「华东公海」里，可以去那里领取"), transaction.atomic():
        edit_customer.run(stranger, make_customer(stranger, "常州天宁纺织").pk, {"name": NAMES[0]})
    # who does not see the pool is told what the rule tells of anybody's record
    (other,) = ask_lines(cast.actor("teammate"), CUSTOMER, NAMES[0]).lines[0].hits
    assert (other.pool, other.hidden, other.title) == (None, True, "")
    # asking by address asks nothing: it is counted and written down
    asked = client.get("/duplicates/check", {"text": NAMES[0]}).content.decode()
    assert f"/pools/{pool.pk}/{row.pk}" not in asked
    assert NAMES[0] in asked


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_b3_nobody_is_told_more_by_asking_many_times_at_once() -> None:
    cast = make_cast()
    for name, phone in zip(NAMES, PHONES, strict=True):
        make_customer(cast.actor("owner"), name, phone=phone)
    mine = make_customer(cast.actor("stranger"), "常州天宁纺织有限公司")
    change_settings.run(cast.actor("administrator"), None, {"changes": {"duplicates.told_per_hour": "2"}})
    begin = threading.Barrier(2 * len(PHONES))
    found: list[int | str] = []

    def ask(phone: str) -> None:
        actor = cast.actor("stranger")
        begin.wait()
        found.extend(hit.row_id for line in ask_lines(actor, CUSTOMER, phone).lines for hit in line.hits)
        connections.close_all()

    def edit(phone: str) -> None:
        actor = cast.actor("stranger")
        begin.wait()
        try:
            edit_customer.run(actor, mine.pk, {"phone": phone})
        except Refused as refusal:
            found.extend(each["id"] or phone for each in refusal.facts.get("duplicates", ()))
        connections.close_all()

    threads = [threading.Thread(target=work, args=(phone,)) for phone in PHONES for work in (ask, edit)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(told(cast))) == 2
    assert len(found) <= 4  # both ways of asking about the same two
