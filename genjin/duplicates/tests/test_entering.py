"""A record is made that may be there already (B3, S1-11): told, confirmed, blocked, written down, kept secret."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import create_customer, void_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.duplicates.actions.rules import change_preset, create_rule, end_rule
from genjin.duplicates.asking import ask_form, ask_lines
from genjin.duplicates.models import DuplicateRule
from genjin.duplicates.queries import rules_of
from genjin.kernel.actor import Surface
from genjin.kernel.models.events import Event
from genjin.kernel.refusal import Forbidden, Refused
from genjin.org.actions.settings import change_settings
from genjin.testing.cast import Cast

NAME = "苏州远岫新能源科技有限公司"
PRESET = {
    "record_type": "customer",
    "preset": "company",
    "name": "同一家单位",
    "alternatives": [[{"field": "name", "how": "fuzzy"}], [{"field": "phone", "how": "exact"}]],
    "on": True,
}


def _refusal(cast: Cast, part: str, surface: Surface = Surface.WEB, **raw: Any) -> Refused | None:
    before = Customer.objects.count()
    try:
        create_customer.run(cast.actor(part, surface), None, raw)
    except Refused as refused:
        assert Customer.objects.count() == before, "nothing changed"
        return refused
    return None


def _rule(cast: Cast, **changes: Any) -> None:
    raw = PRESET | {"effects": {"create": "warn", "tool": "warn", "api": "warn"}, "told": "exists"} | changes
    change_preset.run(cast.actor("administrator"), None, raw)


def test_b3_a_possible_duplicate_is_told_until_it_is_confirmed(cast: Cast) -> None:
    make_customer(cast.actor("owner"), NAME, phone="13800138000")
    entered: list[dict[str, Any]] = [
        {"name": "远岫新能源科技"},
        {"name": "蘇州遠秀新能源科技有限公司"},
        {"name": "别家", "phone": "138 0013 8000"},
    ]
    for raw in entered:
        refusal = _refusal(cast, "owner", **raw)
        assert refusal is not None
        assert (refusal.code, refusal.status) == ("duplicate_found", 422)
        assert refusal.facts["duplicates"][0]["title"] == NAME
    assert _refusal(cast, "owner", name="无锡远岫新能源科技有限公司") is None
    assert _refusal(cast, "owner", name="远岫新能源科技", duplicate_known="1") is None


def test_b3_voided_records_are_found_and_a_rule_may_forbid(cast: Cast) -> None:
    void_customer.run(cast.actor("owner"), make_customer(cast.actor("owner"), NAME).pk, {"reason": "重复"})
    _rule(cast, effects={"create": "block", "api": "warn"})
    refusal = _refusal(cast, "owner", name="远岫新能源科技", duplicate_known="1")
    assert refusal is not None
    assert refusal.code == "duplicate_blocked"
    assert refusal.facts["duplicates"][0]["voided"] is True
    assert _refusal(cast, "owner", Surface.API, name="远岫新能源科技", duplicate_known="1") is None
    _rule_row = DuplicateRule.objects.get()
    end_rule.run(cast.actor("administrator"), _rule_row.pk, {})
    assert rules_of("customer", 0)[0].id == 0, "the declared rule is in force again"


def test_b3_what_one_may_not_see_is_told_as_the_rule_allows_and_written_down(cast: Cast) -> None:
    hidden = make_customer(cast.actor("owner"), NAME, phone="13800138000")
    _rule(cast, shown=["name", "owner", "department"])
    refusal = _refusal(cast, "stranger", name="别家机械", phone="13800138000")
    assert refusal is not None
    (told,) = refusal.facts["duplicates"]
    assert (told["id"], told["title"], told["owner"]) == (None, NAME, "周牧远")
    event = Event.objects.get(action="duplicates.tell")
    assert (event.member_id, event.note["told"], event.note["entry"]) == (cast.stranger.pk, [hidden.pk], "create")
    _refusal(cast, "stranger", name="别家机械", phone="13800138000")
    assert Event.objects.filter(action="duplicates.tell").count() == 1, "what he knows is not told again"


def test_b3_nobody_is_told_more_than_so_many(cast: Cast) -> None:
    for number in range(3):
        make_customer(cast.actor("owner"), f"{'甲乙丙'[number]}川远岫新能源有限公司", phone=f"1380013800{number}")
    change_settings.run(cast.actor("administrator"), None, {"changes": {"duplicates.told_per_hour": "2"}})
    for number in range(2):
        refusal = _refusal(cast, "stranger", name="某某机械", phone=f"1380013800{number}")
        assert refusal is not None
        assert refusal.code == "duplicate_found"
    refusal = _refusal(cast, "stranger", name="某某机械", phone="13800138002")
    assert refusal is not None
    assert (refusal.code, refusal.status, refusal.facts) == ("too_many_duplicates", 429, {})
    answer = ask_lines(cast.actor("stranger"), CUSTOMER, "13800138002\n13800138001")
    assert answer.cut
    assert [len(line.hits) for line in answer.lines] == [0, 1]
    assert "每小时最多 2 条、每天最多 120 条" in refusal.message
    told = [ask_lines(cast.actor("stranger"), CUSTOMER, text) for text in ("13800138002", "13900139009")]
    assert [(each.cut, [line.hits for line in each.lines]) for each in told] == [(True, [[]])] * 2, "there or not"


def test_b3_canary_where_a_rule_says_nothing_all_is_as_if_it_were_not_there(cast: Cast) -> None:
    """Words, effect and number of queries are equal with and without the hidden row (trust flaw 4)."""
    _rule(cast, told="nothing", effects={"create": "block", "tool": "warn", "api": "block"})
    stranger = cast.actor("stranger")
    answers = []
    for there in (False, True):
        if there:
            make_customer(cast.actor("owner"), "CANARY远岫新能源有限公司", phone="13800138000")
        ask_lines(stranger, CUSTOMER, "某某机械")  # what is kept in memory is read
        with CaptureQueriesContext(connection) as asked:
            lines = ask_lines(stranger, CUSTOMER, "CANARY远岫新能源有限公司\n13800138000")
            form = ask_form(stranger, CUSTOMER, {"name": "CANARY远岫新能源", "phone": "13800138000"})
        answers.append((lines, form, len(asked)))
    assert answers[0] == answers[1]
    assert _refusal(cast, "stranger", name="CANARY远岫新能源", phone="13800138000") is None
    assert not Event.objects.filter(action="duplicates.tell").exists()


def test_b3_what_one_sees_and_what_one_is_told_of_ask_equally_much(cast: Cast) -> None:
    """As many reads for a record that he sees, one that he is told of and none; and equal words for every life."""
    stranger = cast.actor("stranger")
    make_customer(stranger, "杭州云栖动力电池有限公司", phone="13700137000")
    make_customer(cast.actor("owner"), "无锡惠山精密机械有限公司", phone="13800138000")
    gone = make_customer(cast.actor("owner"), "常州天宁纺织有限公司", phone="13600136000")
    void_customer.run(cast.actor("owner"), gone.pk, {"reason": "走了"})
    ask_form(stranger, CUSTOMER, {"phone": "13500135000"})  # what is kept in memory is read
    reads: list[list[str]] = []
    hits: list[list[Any]] = []
    for phone in ("13700137000", "13800138000", "13600136000", "13500135000"):
        with CaptureQueriesContext(connection) as asked:
            hits.append(ask_form(stranger, CUSTOMER, {"phone": phone}).lines[0].hits)
        reads.append([each["sql"].split(" WHERE ")[0] for each in asked if each["sql"].startswith("SELECT")])
    assert reads[0] == reads[1] == reads[2] == reads[3]
    assert [len(each) for each in hits] == [1, 1, 1, 0]
    facts = [hit.fact() for each in hits[1:3] for hit in each]
    assert facts[0] == facts[1], "voided or not, all that he may not see is worded alike"


def test_b3_contacts_are_one_by_phone_or_by_name_at_one_customer(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer, other = make_customer(owner, NAME), make_customer(owner, "杭州云栖动力电池有限公司")
    make_contact(owner, customer, name="王芳", phone="13800138000")
    for raw in (
        {"name": "小王", "phone": "13800138000", "customer": other.pk},
        {"name": "王芳", "customer": customer.pk},
    ):
        with pytest.raises(Refused) as refusal:
            create_contact.run(owner, None, raw)
        assert refusal.value.code == "duplicate_found"
    create_contact.run(owner, None, {"name": "王芳", "customer": other.pk})
    create_contact.run(owner, None, {"name": "王芳", "customer": customer.pk, "duplicate_known": "1"})
    assert Contact.objects.filter(name="王芳").count() == 3


def test_b3_rules_are_checked_before_they_are_kept(cast: Cast) -> None:
    administrator = cast.actor("administrator")
    base = {"record_type": "customer", "name": "窄", "effects": {"create": "warn"}}
    wrong: list[tuple[Any, str]] = [
        ([], "alternatives"),
        ([[{"field": "level", "how": "exact"}]], "alternatives"),
        ([[{"field": "credit_code", "how": "fuzzy"}]], "alternatives"),
        ([[{"field": "region", "how": "exact"}]], "alternatives"),
        ([[{"field": "name", "how": "exact"}, {"field": "name", "how": "fuzzy"}]], "alternatives"),
        ("[[1]]", "alternatives"),
    ]
    for alternatives, field in wrong:
        with pytest.raises(Refused) as refusal:
            create_rule.run(administrator, None, base | {"alternatives": alternatives})
        assert field in refusal.value.errors
    with pytest.raises(Forbidden):
        create_rule.run(cast.actor("manager"), None, base | {"alternatives": [[{"field": "name", "how": "exact"}]]})
    assert not DuplicateRule.objects.exists()
    both = [[{"field": "name", "how": "exact"}, {"field": "region", "how": "exact"}]]
    create_rule.run(administrator, None, base | {"alternatives": both})
    _rule(cast, on=False)
    make_customer(cast.actor("owner"), NAME, region="320500")
    assert _refusal(cast, "owner", name=NAME, region="320200") is None
    assert _refusal(cast, "owner", name=NAME, region="320500") is not None, "AND of both"
