"""No way in passes by the look at free texts: every action with a text among its inputs, pages, the JSON door, files
that are imported (S3-21)."""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

from genjin.comments.actions import write_comment
from genjin.customers.actions.customers import create_customer, edit_customer, void_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel import careful
from genjin.kernel.actions import ACTIONS, Action
from genjin.kernel.actor import Surface
from genjin.kernel.careful import CODE, CONFIRMED, NOT_WRITTEN, is_free
from genjin.kernel.codes_store import new_ids
from genjin.kernel.fields import Field, Text, Values
from genjin.kernel.grants import GRANTS
from genjin.kernel.models import OwnField
from genjin.kernel.models.events import Event
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.undo import undo_event
from genjin.org.actions.settings import change_settings
from genjin.org.queries.audit import Asked, audit_page
from genjin.surfaces.api.tests.conftest import make_caller
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import ImportRow, RowState
from genjin.surfaces.imports.tests.engine import brought, checked
from genjin.surfaces.imports.work import run_import
from genjin.testing.cast import Cast
from genjin.ui.tests.test_forms import hidden
from genjin.ui.tests.visitors import HTMX, visitor

NUMBER = "320102198001011238"
SAID = f"客户身份证 {NUMBER} 已核对"
AnyAction = Action[Any, Any]

# Words that the program says itself, or of people about files and rows that are looked at otherwise.
SAID_BY_THE_PROGRAM = {
    "company.set_logo.filename", "imports.decide_row.decision", "imports.decide_rows.decision",
    "imports.decide_rows.why", "imports.set_layout.kind", "imports.upload_file.kind", "followups.keep_sheet.stored_as",
}  # fmt: skip


def texts() -> Iterator[tuple[AnyAction, Field]]:
    for action in ACTIONS.values():
        declared = action.own_inputs
        if action.takes_values and action.record_type:
            declared = (*[f for f in action.record_type.fields if f.editable], *declared)
        yield from ((action, field) for field in declared if is_free(field, action.name))


def set_to(cast: Cast, **values: Any) -> None:
    change_settings(cast.actor("administrator"), changes={f"sensitive.{key}": value for key, value in values.items()})


def test_every_text_of_every_action_is_looked_at(cast: Cast) -> None:
    actor = cast.actor("administrator")
    passed = []
    for action, field in texts():
        own = field.key in {f.key for f in action.own_inputs}
        given: dict[str, Any] = {field.key: SAID} if own else {"values": Values({field.key: SAID})}
        for way in (action, action.function):
            try:
                way(actor, *([0] if action.takes_row else []), **given)
            except Refused as refusal:
                if refusal.code == CODE and refusal.field == field.key:
                    continue
            passed.append(f"{action.name}.{field.key}")
    assert not passed
    assert len(list(texts())) > 60
    assert all(CONFIRMED in {f.key for f in action.inputs(actor)} for action, _field in texts())


def test_every_text_is_an_input_that_is_looked_at_or_listed() -> None:
    found = set()
    for action in (a for a in ACTIONS.values() if not GRANTS[a.needs].internal):
        declared = {f.key for f in action.own_inputs}
        plain = [p for p in inspect.signature(action.function).parameters.values() if p.name not in declared]
        found |= {f"{action.name}.{p.name}" for p in plain if str(p.annotation) in {"str", "str | None"}}
    assert found == SAID_BY_THE_PROGRAM


def test_what_is_passed_over_is_still_there() -> None:
    every = {(a.name, f.key) for a in ACTIONS.values() for f in _inputs(a) if isinstance(f, Text)}
    known = {key for _name, key in every} | {f"{name}.{key}" for name, key in every}
    assert known >= NOT_WRITTEN


def _inputs(action: AnyAction) -> list[Field]:
    return [*action.own_inputs, *(action.record_type.fields if action.takes_values and action.record_type else ())]


def test_fields_that_are_meant_for_numbers_take_them(cast: Cast) -> None:
    free = {f.key for a, f in texts() if a is create_customer}
    assert free.isdisjoint({"phone", "email", "website", "credit_code", "external_code"})
    assert free > {"name", "background", "remarks", "address"}
    create_customer(cast.actor("owner"), values=Values(name="甲", external_code="4111111111111111"))


def test_a_warning_names_field_and_piece_and_is_confirmed(cast: Cast, unchanged: Any) -> None:
    actor = cast.actor("owner")
    with unchanged(), pytest.raises(Refused) as told:
        create_customer.run(actor, None, {"name": "甲", "remarks": SAID})
    assert told.value.errors == {"remarks": "「其他说明」里有身份证号 320***********1238。请删去，或勾选「确认保存」"}
    assert told.value.facts["confirm"] == CONFIRMED
    assert NUMBER not in str(told.value.facts)
    create_customer.run(actor, None, {"name": "甲", "remarks": SAID, CONFIRMED: "on"})
    event = Event.objects.latest("id")
    assert event.note[CONFIRMED] == ["id_card"]
    lines, _before = audit_page(cast.actor("administrator"), Asked(action="customers.create"))
    assert ("确认保存", "身份证号") in lines[0].note


def test_refused_means_not_even_confirmed(cast: Cast, unchanged: Any) -> None:
    set_to(cast, mode="refuse")
    actor = cast.actor("owner")
    with unchanged(), pytest.raises(Refused, match="公司规定不能保存") as told:
        create_customer.run(actor, None, {"name": "甲", "remarks": SAID, CONFIRMED: "on"})
    assert "confirm" not in told.value.facts


def test_switched_off_nothing_is_asked(cast: Cast) -> None:
    set_to(cast, mode="off")
    assert create_customer(cast.actor("owner"), values=Values(name="甲", remarks=SAID)).remarks == SAID


def test_listed_words_count_by_setting(cast: Cast) -> None:
    create_customer(cast.actor("owner"), values=Values(name="甲", remarks="客户信佛，住院中"))
    set_to(cast, religion="on", words="老赖，黑名单")
    for words, piece in (("客户信佛", "信佛"), ("是个老赖", "老赖")):
        with pytest.raises(Refused, match=f"敏感词 {piece}"):
            create_customer(cast.actor("owner"), values=Values(name="乙", remarks=words))
    create_customer(cast.actor("owner"), values=Values(name="丙", remarks="住院中"))


def test_what_stood_there_before_is_not_asked_about_again(cast: Cast) -> None:
    actor = cast.actor("owner")
    kept = create_customer.run(actor, None, {"name": "甲", "remarks": SAID, CONFIRMED: "1"}).row_id
    assert kept is not None
    edit_customer.run(actor, kept, {"remarks": SAID + "，已归还"})
    with pytest.raises(Refused, match="银行卡号"):
        edit_customer.run(actor, kept, {"remarks": SAID + " 4111111111111111"})
    with pytest.raises(Refused) as told:  # whoever does not see it learns nothing of what stands there
        edit_customer.run(cast.actor("stranger"), kept, {"remarks": SAID})
    assert told.value.code == CODE


def test_undoing_puts_back_what_stood_there(cast: Cast) -> None:
    actor = cast.actor("owner")
    kept = create_customer.run(actor, None, {"name": "甲", "remarks": SAID, CONFIRMED: "1"}).row_id
    assert kept is not None
    event_id = edit_customer.run(actor, kept, {"remarks": "已清理"}).event_id
    set_to(cast, mode="refuse")
    undo_event(cast.actor("owner"), event_id or 0)
    assert Customer.objects.get().remarks == SAID


def test_many_rows_are_refused_at_once(cast: Cast, unchanged: Any) -> None:
    actor = cast.actor("administrator")
    ids = [make_customer(cast.actor("owner"), name=name).pk for name in ("甲", "乙")]
    with unchanged(), pytest.raises(Refused, match="身份证号"):
        void_customer.run_many(actor, ids, {"reason": SAID})
    assert void_customer.run_many(actor, ids, {"reason": SAID, CONFIRMED: "1"}).done == ids


def test_system_and_nested_actions_are_not_asked(cast: Cast) -> None:
    with careful.letting_pass(careful.Passing.ALL):
        create_customer(cast.actor("owner"), values=Values(name="甲", remarks=SAID))


def test_the_form_comes_back_with_a_box_to_tick(cast: Cast) -> None:
    client = visitor(cast.owner)
    form = client.get("/customers/new", headers=HTMX).content.decode()
    assert CONFIRMED not in form
    sent = hidden(form) | {"name": "苏州晶砺半导体有限公司", "remarks": SAID}
    answer = client.post("/customers/new", sent, headers=HTMX)
    again = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="sensitive_known"' in again
    assert "duplicate_known" not in again
    assert "320***********1238。请删去，或勾选「确认保存」" in html.unescape(again)
    known = hidden(again) | {"name": sent["name"], "remarks": SAID, CONFIRMED: "on"}
    assert client.post("/customers/new", known, headers=HTMX).status_code == 204


def test_a_confirmation_outlives_the_next_refusal(cast: Cast) -> None:
    make_customer(cast.actor("owner"), name="苏州晶砺半导体有限公司")
    client = visitor(cast.owner)
    sent = {"name": "苏州晶砺半导体有限公司", "remarks": SAID, CONFIRMED: "on", "drawn": f"name,remarks,{CONFIRMED}"}
    again = client.post("/customers/new", sent, headers=HTMX).content.decode()
    assert re.search(r'name="sensitive_known" value="on" checked', again)
    assert 'name="duplicate_known"' in again
    known = hidden(again) | sent | {"duplicate_known": "on", "drawn": hidden(again)["drawn"]}
    assert client.post("/customers/new", known, headers=HTMX).status_code == 204


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/customers/{id}/edit", {"drawn": "remarks", "was": "", "remarks": SAID}),
        ("/customers/{id}/facts/remarks", {"drawn": "remarks", "remarks": SAID}),
        ("/customers/{id}/actions/void", {"drawn": "reason", "reason": SAID}),
        ("/customers/bulk/void", {"drawn": "reason", "ids": "{id}", "reason": SAID}),
        ("/customers/{id}/followups", {"content": SAID, "method": "phone"}),
        ("/customers/{id}/comments", {"words": SAID}),
        ("/customers/export", {"drawn": "format,which,reason", "format": "csv", "which": "shown", "reason": SAID}),
        ("/phrases/new", {"title": "话术", "words": SAID}),
    ],
)
def test_each_form_takes_the_confirmation(cast: Cast, address: str, sent: dict[str, str]) -> None:
    kept = make_customer(cast.actor("owner"), name="甲").pk
    client = visitor(cast.administrator)
    address, given = address.format(id=kept), {key: text.replace("{id}", str(kept)) for key, text in sent.items()}
    first = client.post(address, given, headers=HTMX)
    page = first.content.decode()
    assert first.status_code == 422, page[:500]
    assert 'name="sensitive_known"' in page
    assert "320***********1238" in page
    drawn = given.get("drawn", "")
    again = client.post(address, given | {CONFIRMED: "on", "drawn": f"{drawn},{CONFIRMED}"}, headers=HTMX)
    assert again.status_code in {200, 204, 302}, again.content.decode()[:500]
    assert Event.objects.filter(**{f"note__{CONFIRMED}": ["id_card"]}).count() == 1


def test_the_json_door_tells_pieces_and_takes_the_confirmation(cast: Cast) -> None:
    caller = make_caller(cast.owner)
    answer = caller.post("/actions/customers.create", {"name": "甲", "remarks": SAID})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (422, CODE, "remarks")
    piece = {"field": "remarks", "label": "其他说明", "kind": "id_card", "shown": "320***********1238"}
    assert error["details"] == {"found": [piece], "confirm": CONFIRMED}
    assert NUMBER not in answer.content.decode()
    answer = caller.post("/actions/customers.create", {"name": "甲", "remarks": SAID, CONFIRMED: True})
    assert answer.status_code == 201


def test_an_import_tells_of_it_and_brings_the_row_in(cast: Cast) -> None:
    actor = cast.actor("owner", Surface.IMPORT)
    batch = brought(actor, ["客户名称", "备注"], ["甲", SAID], ["乙", "一切正常"])
    row = ImportRow.objects.get(batch_id=batch.pk, number=2)
    ((column, words, suggestion, blocking),) = row.problems
    assert (column, suggestion, blocking) == (1, "客户身份证 320***********1238 已核对", False)
    assert words == "「其他说明」里有身份证号 320***********1238。建议删去或遮掩，不改也会导入"
    assert Customer.objects.get(name="甲").remarks == SAID


def test_an_import_keeps_the_row_out_where_it_is_refused(cast: Cast) -> None:
    set_to(cast, mode="refuse")
    batch = checked(
        cast.actor("owner", Surface.IMPORT), ["客户名称", "备注", "说明"], ["甲", SAID, ""], ["乙", "", SAID]
    )
    rows = list(ImportRow.objects.filter(batch_id=batch.pk).order_by("number"))
    assert rows[0].state == RowState.BAD
    assert rows[0].problems[0][2:] == ["客户身份证 320***********1238 已核对", True]


def test_a_stricter_setting_holds_for_rows_that_were_checked_before(cast: Cast) -> None:
    actor = cast.actor("owner", Surface.IMPORT)
    batch = checked(actor, ["客户名称", "备注"], ["甲", SAID])
    set_to(cast, mode="refuse")
    run_import(cast.actor("owner", Surface.IMPORT), batch.pk, waiting=True)
    assert not Customer.objects.exists()
    assert "公司规定不能保存" in ImportRow.objects.get(batch_id=batch.pk).problems[0][1]


def test_every_column_that_can_be_brought_is_looked_at(cast: Cast) -> None:
    actor = cast.actor("administrator")
    for kind in KINDS.values():
        for part in kind.parts:
            free = {key for key, field in part.inputs(actor).items() if is_free(field)}
            asked = {f.key for action, f in texts() if action is part.action}
            assert free <= asked | {"author"}, (kind.key, part.key)


def test_comments_are_looked_at_by_their_action(cast: Cast) -> None:
    kept = make_customer(cast.actor("owner"), name="甲")
    with pytest.raises(Refused, match="身份证号"):
        write_comment.run(cast.actor("owner"), None, {"record_type": "customer", "record_id": kept.pk, "words": SAID})


def own_field(kind: str) -> None:
    row = OwnField(id=new_ids(1)[0], record_type="customer", key="x_own", kind=kind, label="自有", section="basic")
    row.save(force_insert=True)
    bump_stamp()


@pytest.mark.parametrize("kind", ["text", "longtext"])
def test_texts_of_their_own_are_looked_at(cast: Cast, kind: str) -> None:
    own_field(kind)
    actor = cast.actor("owner")
    with pytest.raises(Refused, match="「自有」里有身份证号"):
        create_customer.run(actor, None, {"name": "甲", "x_own": NUMBER})
    kept = create_customer.run(actor, None, {"name": "甲", "x_own": NUMBER, CONFIRMED: "on"}).row_id
    edit_customer.run(actor, kept, {"x_own": f"{NUMBER}，已核对"})


@pytest.mark.parametrize("kind", ["id_card", "bank_card"])
def test_fields_of_their_own_for_such_numbers_take_them(cast: Cast, kind: str) -> None:
    own_field(kind)
    create_customer.run(cast.actor("owner"), None, {"name": "甲", "x_own": NUMBER})
