"""Risks of registrations (S2-59…62): what is found of new records, who is told what of it, what reviewers say."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from genjin.customers.actions.customers import create_customer, edit_customer, void_customer
from genjin.customers.tests.factories import make_customer
from genjin.duplicates.actions.risks import judge_risk
from genjin.duplicates.actions.rules import change_preset, create_rule, end_rule
from genjin.duplicates.grants import FLAG
from genjin.duplicates.jobs import registrations, sweeping
from genjin.duplicates.models import DuplicateGroup, DuplicateRule, Risk, Sweep, Trace, TraceKind
from genjin.duplicates.risks.bursts import crowded
from genjin.duplicates.risks.queries import Listing, risk_on, risks_of, seen
from genjin.duplicates.risks.wording import reasons_of
from genjin.duplicates.searching.addresses import address_key
from genjin.kernel.actor import Surface, system
from genjin.kernel.fields import Access
from genjin.kernel.models.events import Event, EventPayload, Notification
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.notices import notices
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.leads.actions.leads import create_lead
from genjin.org.actions.settings import change_settings
from genjin.surfaces.api.tests.conftest import make_caller
from genjin.testing.cast import Cast, limit

NAME = "苏州远岫新能源科技有限公司"
PLACE = "苏州工业园区星湖街328号2幢"


def _look(*ids: int) -> None:
    registrations.look(system(FLAG), 0, record_type="customer", ids=list(ids))


def _words(cast: Cast, part: str, row: Any) -> list[str]:
    found = risk_on(cast.actor(part), row)
    return [each.sentence() for each in reasons_of(cast.actor(part), found)] if found else []


def test_s2_60_the_key_of_an_address_is_that_of_its_other_writings() -> None:
    same = ["江苏省苏州市工业园区星湖街328号2幢", "苏州工业园区 星湖街３２８号二号楼", "蘇州工業園區星湖街328號2棟"]
    assert {address_key(text) for text in same} == {address_key(PLACE)}
    assert address_key("星湖街328号2栋", "320576") == address_key(PLACE)
    assert address_key(PLACE) != address_key("苏州工业园区星湖街328号3幢")
    assert address_key("南京市人民路100号") != address_key("苏州市人民路100号")
    assert address_key("苏州工业园区") == address_key("星湖街") == address_key("") == ""
    assert address_key("北京市朝阳区建国路八十八号十二层") == address_key("北京朝阳区建国路88号12层")


def test_s2_62_many_in_a_short_time_are_counted_by_spans() -> None:
    start = timezone.now()
    moments = [(start + timedelta(minutes=each), number) for number, each in enumerate((0, 40, 50, 59, 200, 210))]
    found = crowded(moments, timedelta(minutes=60), 4)
    assert {row: len(together) for row, together in found.items()} == dict.fromkeys(range(4), 4)
    assert not crowded(moments, timedelta(minutes=60), 5)


def test_s2_60_a_new_record_that_shares_keys_is_flagged_with_reasons_for_who_may_know(cast: Cast) -> None:
    owner, stranger = cast.actor("owner"), cast.actor("stranger")
    hidden = make_customer(stranger, "杭州云栖动力电池有限公司", phone="13800138000", email="Li@Example.com")
    first = make_customer(owner, NAME, address=PLACE, region="320576")
    gone = make_customer(owner, "无锡惠山精密机械有限公司")
    void_customer.run(owner, gone.pk, {"reason": "走了"})
    fresh = make_customer(
        owner,
        "无锡惠山精密机械有限公司",
        phone="13800138000",
        email="li@example.com",
        address="星湖街328号2栋",
        region="320576",
    )
    plain = make_customer(owner, "常州天宁纺织有限公司", phone="13900139000", address="延陵路1号")
    _look(hidden.pk, first.pk, gone.pk, fresh.pk, plain.pk)
    (risk,) = Risk.objects.all()
    assert (risk.record_id, risk.registrant_id, risk.ruling) == (fresh.pk, cast.owner.pk, "open")
    assert risk.kinds == ["again.name", "same.address", "same.email", "same.phone"]
    _look(fresh.pk)
    assert Risk.objects.get().version == risk.version, "found again, nothing is written"
    assert _words(cast, "manager", fresh) == [
        "疑似重新登记，客户名称相同：「无锡惠山精密机械有限公司」",
        "电话相同：另一个客户",
        "邮箱相同：另一个客户",
        f"详细地址相同：「{NAME}」",
    ]
    assert "「杭州云栖动力电池有限公司」" in _words(cast, "administrator", fresh)[1]
    limit("manager", "customer.phone", Access.HIDDEN)
    assert not [words for words in _words(cast, "manager", fresh) if "电话" in words], "as if there were no such field"
    assert risks_of(cast.actor("manager"), Listing())[0]
    assert risks_of(cast.actor("stranger"), Listing())[0] == [], "out of sight"
    change_settings.run(cast.actor("administrator"), None, {"changes": {"risks.on": ""}})
    other = make_customer(owner, "南通海门家纺有限公司", phone="13800138000")
    _look(other.pk)
    assert Risk.objects.count() == 1


def test_s2_60_address_and_name_are_conditions_of_duplicates(cast: Cast) -> None:
    """Name, number and address of people (B2C): region and address in their normal form, once they are registered."""
    owner, rule = cast.actor("owner"), {"record_type": "customer", "name": "住户", "effects": {"create": "block"}}
    change = {"record_type": "customer", "preset": "company", "name": "关", "effects": {}, "on": ""}
    alternatives = [[{"field": "name", "how": "exact"}, {"field": "address", "how": "exact"}]]
    change_preset.run(cast.actor("administrator"), None, change | {"alternatives": alternatives})
    create_rule.run(cast.actor("administrator"), None, rule | {"alternatives": alternatives})
    owner = cast.actor("owner")
    first = make_customer(owner, "王芳", address="星湖街328号2幢", region="320576")
    _look(first.pk)
    given = {"name": "王芳", "address": "苏州工业园区星湖街３２８号二号楼", "duplicate_known": "1"}
    with pytest.raises(Refused) as refusal:
        create_customer.run(owner, None, given)
    assert (refusal.value.code, "详细地址相同" in refusal.value.message) == ("duplicate_blocked", True)
    for other in ({"address": "星湖街328号3幢", "region": "320576"}, {"address": ""}, {"name": "王方"}):
        create_customer.run(owner, None, given | other)
    second = make_customer(owner, "王芳", address="延陵路1号", region="320400", duplicate_known="1")
    _look(second.pk)
    run = Sweep.objects.create(record_type="customer")
    end_rule.run(cast.actor("administrator"), DuplicateRule.objects.get(name="住户").pk, {})
    both = rule | {"alternatives": alternatives, "effects": {"tool": "warn"}}
    create_rule.run(cast.actor("administrator"), None, both)
    third = make_customer(cast.actor("owner"), "王芳", address="延陵路一号", region="320400")
    _look(third.pk)
    sweeping.sweep(system(), 0, sweep_id=run.pk)
    assert {frozenset(each.members) for each in DuplicateGroup.objects.all()} == {frozenset({second.pk, third.pk})}


def test_s2_62_an_edit_that_brings_in_what_another_has_is_looked_at_like_a_registration(cast: Cast) -> None:
    owner = cast.actor("owner")
    first = make_customer(owner, NAME)
    other = make_customer(cast.actor("stranger"), "杭州云栖动力电池有限公司", phone="13800138000")
    same = make_customer(owner, "常州天宁纺织有限公司", phone="13800138000", address=PLACE)
    _look(first.pk, other.pk, same.pk)
    Risk.objects.all().delete()
    mark = Event.objects.latest("id").pk

    def edits() -> dict[str, int]:
        JobProgress.objects.filter(name=registrations.EDITS).delete()
        registrations.look_at(list(Event.objects.filter(pk__gt=mark).order_by("id")))
        started = JobProgress.objects.filter(name=registrations.EDITS)
        if not started:
            return {}
        changes = {"phone", "address", "region"}
        rows = EventPayload.objects.filter(event_id__gt=mark, changes__has_any_keys=sorted(changes))
        return {str(row_id): event_id for row_id, event_id in rows.values_list("row_id", "event_id")}

    edit_customer.run(owner, same.pk, {"remarks": "老客户"})
    assert edits() == {}, "nothing of it changed"
    edit_customer.run(owner, first.pk, {"phone": "138 0013 8000", "duplicate_known": "1"})
    edit_customer.run(owner, same.pk, {"address": "延陵路1号", "region": "320400"})
    edit_customer.run(owner, first.pk, {"address": "延陵路一号", "region": "320400"})
    found = edits()
    registrations.look_at_edits(system(FLAG), 0, record_type="customer", edited=found)
    risks = {risk.record_id: risk.kinds for risk in Risk.objects.all()}
    assert risks[first.pk] == ["same.address"], "the last edit; each is a job of its own"
    registrations.look_at_edits(system(FLAG), 0, record_type="customer", edited={str(first.pk): mark + 2})
    risk = Risk.objects.get(record_id=first.pk)
    assert (risk.kinds, risk.registrant_id) == (["same.address", "same.phone"], cast.owner.pk)
    assert "修改后电话相同：「常州天宁纺织有限公司」、另一个客户" in _words(cast, "manager", first)
    assert same.pk not in risks or risks[same.pk] == ["same.address"], "an old equality is no finding of this edit"
    lead = create_lead.run(owner, None, {"name": "来电", "mobile": "13800138000", "duplicate_known": "1"})
    registrations.look(system(FLAG), 0, record_type="lead", ids=[lead.row_id or 0])
    flagged = Risk.objects.get(record_type="lead")
    assert flagged.kinds == ["same.mobile"], "a lead with the number of customers who are there (S2-62)"
    client = Client()
    client.force_login(cast.manager)
    assert f"/leads/{lead.row_id}" in client.get("/duplicates/risks?type=lead").content.decode()
    assert f"/leads/{lead.row_id}" not in client.get("/duplicates/risks?type=customer").content.decode()
    assert "手机相同" in client.get(f"/leads/{lead.row_id}").content.decode(), "on its own page too"
    told = json.loads(make_caller(cast.manager).get("/risks", {"type": "leads"}).content)["items"]
    assert [each["record"]["id"] for each in told] == [lead.row_id]
    limit("manager", "lead.mobile", Access.HIDDEN)
    assert f"/leads/{lead.row_id}" not in client.get("/duplicates/risks?type=lead").content.decode()


def test_s2_62_bursts_are_flagged_as_a_whole_and_imports_are_not_counted(cast: Cast) -> None:
    change_settings.run(
        cast.actor("administrator"), None, {"changes": {"risks.many_member": "4", "risks.many_range": "3"}}
    )
    owner = cast.actor("owner")
    brought = [make_customer(cast.actor("owner", Surface.IMPORT), f"{each}川机械厂") for each in "甲乙丙丁戊"]
    made = [make_customer(owner, f"{each}山纺织厂", phone=f"1380013800{n}") for n, each in enumerate("甲乙丙")]
    _look(*(row.pk for row in (*brought, *made)))
    assert set(Risk.objects.values_list("record_id", flat=True)) == {row.pk for row in made}
    assert Risk.objects.latest("id").kinds == ["burst.range"]
    fourth = make_customer(owner, "丁山纺织厂")
    _look(fourth.pk)
    assert set(Risk.objects.filter(kinds__contains=["burst.member"]).values_list("record_id", flat=True)) == {
        row.pk for row in (*made, fourth)
    }
    assert _words(cast, "manager", fourth) == [
        "周牧远在 60 分钟内登记了 4 条以上：「甲山纺织厂」、「乙山纺织厂」、「丙山纺织厂」"
    ]
    registrations.forget(system())
    assert Trace.objects.filter(kind=TraceKind.MEMBER).count() == 4, "counted for a day"
    Trace.objects.update(at=timezone.now() - timedelta(days=3))
    registrations.forget(system())
    assert not Trace.objects.exclude(kind=TraceKind.ADDRESS).exists()


def test_s2_61_reviewers_rule_with_a_written_reason_and_never_on_their_own(cast: Cast) -> None:
    owner, manager = cast.actor("owner"), cast.actor("manager")
    one = make_customer(owner, NAME, phone="13800138000")
    two = make_customer(owner, "常州天宁纺织有限公司", phone="13800138000")
    mine = make_customer(manager, "无锡惠山精密机械有限公司", phone="13800138000")
    registrations.look_at(list(Event.objects.order_by("id")))
    assert JobProgress.objects.filter(name=registrations.JOB).count() == 1, "one job for all that was made"
    _look(one.pk, two.pk, mine.pk)
    first, own = Risk.objects.get(record_id=two.pk), Risk.objects.get(record_id=mine.pk)
    registrations.tell_reviewers(system())
    registrations.tell_reviewers(system())
    told = [(n.member_id, n.note["count"]) for n in Notification.objects.filter(kind=registrations.NOTICE)]
    assert sorted(told) == sorted([(cast.manager.pk, 2), (cast.administrator.pk, 2)]), "one message for both"
    assert "新登记里有 2 条有疑点，请核查" in {each.words for each in notices(manager)[0]}
    for raw, code in (({"ruling": "harmless"}, "invalid"), ({"ruling": "open", "note": "x"}, "invalid")):
        with pytest.raises(Refused) as refusal:
            judge_risk.run(manager, first.pk, raw)
        assert (refusal.value.code, Risk.objects.get(pk=first.pk).ruling) == (code, "open")
    said = {"ruling": "confirmed", "note": "与老客户是同一家，已约谈", "excluded": "on"}
    with pytest.raises(Refused) as refused:
        judge_risk.run(manager, own.pk, said)
    assert refused.value.code == "own"
    with pytest.raises(Forbidden):
        judge_risk.run(owner, first.pk, said)
    judge_risk.run(manager, first.pk, said)
    first.refresh_from_db()
    assert (first.ruling, first.excluded, first.ruled_by) == ("confirmed", True, cast.manager.pk)
    assert [each.risk.pk for each in risks_of(manager, Listing(ruling="open"))[0]] == [own.pk]
    assert seen(cast.actor("stranger"), [first]) == []
    with pytest.raises(NotFound):
        judge_risk.run(cast.actor("administrator"), 1, said)


def test_s2_60_pages_and_json_door_of_risks(cast: Cast) -> None:
    owner = cast.actor("owner")
    make_customer(cast.actor("stranger"), "杭州云栖动力电池有限公司", phone="13800138000")
    row = make_customer(owner, NAME, phone="13800138000")
    _look(row.pk)
    risk = Risk.objects.get()
    client = Client()
    client.force_login(cast.manager)
    page = client.get("/duplicates/risks").content.decode()
    assert NAME in page
    assert "另一个客户" in page
    assert "云栖" not in page
    assert "另一个客户" in client.get(f"/customers/{row.pk}").content.decode()
    dialog = client.get(f"/duplicates/risks/{risk.pk}/judge", headers={"HX-Request": "true"}).content.decode()
    assert 'name="note"' in dialog
    sent = {"ruling": "harmless", "note": "两家公司共用一个前台", "version": risk.version}
    assert client.post(f"/duplicates/risks/{risk.pk}/judge", sent).status_code in (200, 302, 303)
    assert "没有待核查的登记" in client.get("/duplicates/risks").content.decode()
    assert "两家公司共用一个前台" in client.get("/duplicates/risks?ruling=harmless&kind=same").content.decode()
    client.force_login(cast.administrator)
    assert "多久算短时间" in client.get("/settings/risks").content.decode()
    example = client.get("/settings/risks/example", headers={"HX-Request": "true"}).content.decode()
    assert "电话相同" in example
    assert NAME in example
    client.force_login(cast.owner)
    assert client.get("/duplicates/risks").status_code == 403
    assert "另一个客户" not in client.get(f"/customers/{row.pk}").content.decode()
    caller = make_caller(cast.manager)
    (item,) = json.loads(caller.get("/risks", {"ruling": "harmless"}).content)["items"]
    assert item["reasons"] == [{"words": "电话相同：另一个客户", "records": []}]
    assert json.loads(caller.get(f"/risks/{risk.pk}").content)["note"] == "两家公司共用一个前台"
    answer = caller.post(f"/actions/risks.judge/{risk.pk}", {"ruling": "confirmed", "note": "电话打不通"})
    assert (answer.status_code, Risk.objects.get().ruling) == (200, "confirmed")
    assert make_caller(cast.stranger).get(f"/risks/{risk.pk}").status_code == 403
