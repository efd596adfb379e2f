"""A record is changed so that it may be there already (编辑查重, B3), by declared fields, e-mail and own fields."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from genjin.customers.actions.contacts import edit_contact
from genjin.customers.actions.customers import create_customer, edit_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.duplicates.actions.rules import change_preset, create_rule
from genjin.duplicates.jobs import sweeping
from genjin.duplicates.models import DuplicateGroup, Sweep
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Surface, system
from genjin.kernel.models import OwnField
from genjin.kernel.models.events import Event
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.undo import undo_event
from genjin.surfaces.imports.models import ImportRow, RowState
from genjin.surfaces.imports.tests.engine import brought
from genjin.testing.cast import Cast

NAME = "苏州远岫新能源科技有限公司"


def _refusal(action: Any, actor: Any, row_id: int | None, **raw: Any) -> Refused | None:
    try:
        action.run(actor, row_id, raw)
    except Refused as refused:
        return refused
    return None


def _rule(cast: Cast, conditions: list[list[dict[str, str]]], **effects: str) -> None:
    given = {"record_type": "customer", "name": "自定", "alternatives": conditions, "effects": effects}
    create_rule.run(cast.actor("administrator"), None, given)


def test_b3_a_change_that_makes_a_duplicate_is_told_until_it_is_confirmed(cast: Cast) -> None:
    owner = cast.actor("owner")
    make_customer(owner, NAME, phone="13800138000", email="Li@example.com")
    row = make_customer(owner, "常州天宁纺织有限公司", phone="13900139000")
    refusal = _refusal(edit_customer, owner, row.pk, phone="138 0013 8000")
    assert refusal is not None
    assert (refusal.code, refusal.facts["confirm"]) == ("duplicate_found", "duplicate_known")
    assert "可勾选后保存" in refusal.message
    assert Customer.objects.get(pk=row.pk).phone == "13900139000", "nothing changed"
    assert _refusal(edit_customer, owner, row.pk, remarks="没有改电话") is None
    assert _refusal(edit_customer, owner, row.pk, phone="13800138000", duplicate_known="1") is None
    assert _refusal(edit_customer, owner, row.pk, phone="13800138000") is None, "the same as before"
    event = Event.objects.filter(action="customers.edit").latest("id")
    assert _refusal(edit_customer, owner, row.pk, phone="13700137000") is None
    undone = Event.objects.filter(action="customers.edit").latest("id")
    assert undo_event(owner, undone.pk).done == [row.pk], "what is put back is not asked about"
    assert event.pk < undone.pk
    client = Client()
    client.force_login(cast.owner)
    row.refresh_from_db()
    client.post(f"/customers/{row.pk}/facts/phone", {"drawn": "phone", "phone": "13600136000"})
    asked = client.post(f"/customers/{row.pk}/facts/phone", {"drawn": "phone", "phone": "13800138000"})
    assert asked.status_code == 422
    assert 'name="duplicate_known"' in asked.content.decode()
    client.post(f"/customers/{row.pk}/facts/phone", {"drawn": "phone", "phone": "13800138000", "duplicate_known": "on"})
    assert Customer.objects.get(pk=row.pk).phone == "13800138000"
    customer = make_customer(owner, "无锡惠山精密机械有限公司")
    make_contact(owner, customer, "王芳", phone="13511112222")
    other = make_contact(owner, customer, "李强")
    assert _refusal(edit_contact, owner, other.pk, phone="13511112222") is not None
    assert _refusal(edit_contact, owner, other.pk, phone="13511112222", duplicate_known="1") is None


def test_b3_rules_ask_about_e_mail_and_fields_of_ones_own_at_every_entry(cast: Cast) -> None:
    owner, administrator = cast.actor("owner"), cast.actor("administrator")
    for key, label in (("x_machine", "机号"), ("x_site", "厂区")):
        given = {"record_type": "customer", "kind": "text", "label": label, "key": key}
        ACTIONS["fields.add"].run(administrator, None, given)
    owner, administrator = cast.actor("owner"), cast.actor("administrator")
    both = [[{"field": "x_machine", "how": "exact"}, {"field": "x_site", "how": "exact"}]]
    with pytest.raises(Refused) as refusal:
        _rule(cast, both, create="warn")
    assert "建立索引后可以单独使用" in refusal.value.errors["alternatives"], "without an index all would be read"
    OwnField.objects.filter(key="x_machine").update(index="ready")
    bump_stamp()
    _rule(cast, [*both, [{"field": "email", "how": "exact"}]], create="warn", edit="block", api="block", tool="warn")
    change_preset.run(
        administrator,
        None,
        {
            "record_type": "customer",
            "preset": "company",
            "name": "关",
            "alternatives": [[{"field": "name", "how": "exact"}]],
            "effects": {},
            "on": "",
        },
    )
    first = make_customer(owner, NAME, email="Li@Example.com", x_machine="A-100", x_site="东厂")
    assert _refusal(create_customer, owner, None, name="甲", x_machine="A-100") is None
    found = _refusal(create_customer, owner, None, name="乙", x_machine="A-100", x_site="东厂")
    assert found is not None
    assert "机号相同" in found.message
    assert found.facts["duplicates"][0]["id"] == first.pk
    row = make_customer(owner, "丙", x_machine="A-100", x_site="西厂")
    blocked = _refusal(edit_customer, owner, row.pk, x_site="东厂", duplicate_known="1")
    assert blocked is not None
    assert (blocked.code, "不能改成这样" in blocked.message) == ("duplicate_blocked", True)
    api = cast.actor("owner", Surface.API)
    by_mail = _refusal(create_customer, api, None, name="丁", email="li@example.com", duplicate_known="1")
    assert by_mail is not None
    assert by_mail.code == "duplicate_blocked"
    make_customer(owner, "戊", x_machine="A-100", x_site="东厂")
    run = Sweep.objects.create(record_type="customer")
    sweeping.sweep(system(), 0, sweep_id=run.pk)
    group = DuplicateGroup.objects.get()
    assert (first.pk in group.members, group.whys) == (True, ["x_machine:exact+x_site:exact"])


def test_b3_a_rule_that_forbids_holds_for_each_row_of_an_import(cast: Cast) -> None:
    owner = cast.actor("owner")
    make_customer(owner, NAME, email="Li@Example.com")
    _rule(cast, [[{"field": "email", "how": "exact"}]], **{"import": "block"})
    rows = [
        ["客户名称", "邮箱"],
        ["常州天宁纺织有限公司", "li@example.com"],
        ["无锡惠山精密机械有限公司", "wu@example.com"],
    ]
    batch = brought(cast.actor("owner"), *rows)
    assert set(Customer.objects.values_list("name", flat=True)) == {NAME, "无锡惠山精密机械有限公司"}
    failed = ImportRow.objects.get(batch_id=batch.pk, state=RowState.FAILED)
    assert "邮箱相同" in str(failed.problems)
