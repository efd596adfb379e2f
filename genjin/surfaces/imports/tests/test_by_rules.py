"""An import is compared by the rules of 查重 for imports (B3): every kind of condition, exact and alike, with what is
there and within the file; what is said of records out of sight; what forbids.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import void_customer
from genjin.customers.models import Contact, Customer
from genjin.customers.tests.factories import make_customer
from genjin.duplicates.actions.rules import change_preset, create_rule, end_rule
from genjin.duplicates.jobs import registrations
from genjin.duplicates.models import DuplicateRule
from genjin.duplicates.rules import PRESETS
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import system
from genjin.kernel.models import OwnField
from genjin.kernel.models.events import Event
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.org.actions.settings import change_settings
from genjin.surfaces.imports.actions import decide_rows, mend_row, skip_row
from genjin.surfaces.imports.models import Decision, Import, ImportRow, RowState
from genjin.surfaces.imports.queries import duplicate_groups, rows_of
from genjin.surfaces.imports.tests.engine import brought, checked
from genjin.surfaces.imports.whys import said_of
from genjin.surfaces.imports.work import run_import
from genjin.testing.cast import Cast

pytestmark = pytest.mark.long

HEADER = ["客户名称", "电话", "邮箱", "所在地区", "详细地址", "机号"]
NAME = "苏州远岫新能源科技有限公司"
THERE = {
    "name": NAME, "phone": "0512-62881234", "email": "Li@Example.com", "region": "320576",
    "address": "星湖街328号2幢", "x_machine": "A-100",
}  # fmt: skip
EMAIL, MACHINE, ALIKE, SAME_NAME = ("email", "exact"), ("x_machine", "exact"), ("name", "fuzzy"), ("name", "exact")
REGION, PLACE, PHONE, LINE = ("region", "exact"), ("address", "exact"), ("phone", "exact"), ("phone", "fuzzy")
SHORT, PARK = "远岫新能源科技", "苏州工业园区"
KINDS: list[tuple[str, list[tuple[str, str]], list[str], bool]] = [
    ("B3 e-mail, any case", [EMAIL], ["甲厂", "", "li@example.COM"], True),
    ("B3 e-mail, another", [EMAIL], ["甲厂", "", "wu@example.com"], False),
    ("B3 own field", [MACHINE], ["甲厂", "", "", "", "", "A-100"], True),
    ("B3 name alike", [ALIKE], ["远秀新能源科技"], True),
    ("B3 name of another brand", [ALIKE], ["苏州远山新能源科技有限公司"], False),
    ("B3 name equal, written otherwise", [SAME_NAME], ["蘇州遠岫新能源科技有限公司"], True),
    ("B3 name alike where equal is asked", [SAME_NAME], ["远秀新能源科技"], False),
    ("B3 phone with an extension", [LINE], ["甲厂", "0512-62881234-801"], True),
    ("B3 phone without area code", [PHONE], ["甲厂", "62881234"], False),
    ("B3 AND: alike name, same region", [ALIKE, REGION], [SHORT, "", "", PARK], True),
    ("B3 AND: alike name, other region", [ALIKE, REGION], [SHORT, "", "", "无锡"], False),
    ("S2-60 name and address", [SAME_NAME, PLACE], [NAME, "", "", "", f"{PARK}星湖街328号二号楼"], True),
    ("S2-60 another house", [SAME_NAME, PLACE], [NAME, "", "", "", f"{PARK}星湖街329号"], False),
]  # fmt: skip


def _rules(cast: Cast, *alternatives: list[tuple[str, str]], at: str = "warn", **more: Any) -> None:
    """These alternatives are the company's only rule for imports."""
    boss = cast.actor("administrator")
    for row in DuplicateRule.objects.filter(record_type="customer", preset=""):
        end_rule.run(boss, row.pk, {})
    asked = [[{"field": field, "how": how} for field, how in each] for each in alternatives]
    given = {"record_type": "customer", "alternatives": asked, "told": "exists", "shown": ["owner"]} | more
    if not DuplicateRule.objects.exclude(preset="").exists():
        off = {"preset": PRESETS["customer"][0].preset, "name": "关", "effects": {}, "on": ""}
        change_preset.run(boss, None, given | off | {"alternatives": [[{"field": "name", "how": "exact"}]]})
    create_rule.run(boss, None, given | {"name": "自定", "effects": {"import": at}})


def _own_field(cast: Cast) -> None:
    given = {"record_type": "customer", "kind": "text", "label": "机号", "key": "x_machine"}
    ACTIONS["fields.add"].run(cast.actor("administrator"), None, given)
    OwnField.objects.filter(key="x_machine").update(index="ready")
    bump_stamp()


def _states(batch: Import) -> dict[int, int]:
    return dict(ImportRow.objects.filter(batch_id=batch.pk).values_list("number", "state"))


def test_b3_every_kind_of_condition_holds_against_what_is_there_and_within_the_file(cast: Cast) -> None:
    _own_field(cast)
    there = make_customer(cast.actor("owner"), **THERE)
    registrations.look(system("risks.flag"), 0, record_type="customer", ids=[there.pk])
    like_there = [
        THERE["name"], THERE["phone"], THERE["email"], "苏州工业园区", THERE["address"], THERE["x_machine"],
    ]  # fmt: skip
    for words, conditions, row, hit in KINDS:
        _rules(cast, conditions)
        actor = cast.actor("owner")
        batch = checked(actor, HEADER, [*row, *[""] * (len(HEADER) - len(row))])
        (found,) = rows_of(batch)
        assert (found.state == RowState.DUPLICATE, found.duplicate_of) == (hit, there.pk if hit else None), words
        if not hit:
            continue
        Customer.objects.filter(pk=there.pk).update(life=0, phone="", email="", name_key="", fuzzy_key="", custom={})
        batch = checked(actor, HEADER, like_there, [*row, *[""] * (len(HEADER) - len(row))])
        twin = ImportRow.objects.get(batch_id=batch.pk, number=3)
        assert twin.duplicate_row == 2 or twin.follows == 2, (words, "within the file")
        there.save()
    _rules(cast, [EMAIL], [MACHINE])
    batch = checked(cast.actor("owner"), HEADER, ["甲厂", "", "", "", "", "A-100"], ["乙厂", "", "li@example.com"])
    groups = {group.why: said_of(group.first[0]) for group in duplicate_groups(batch)}
    assert groups == {"customer/x_machine:exact": "机号相同", "customer/email:exact": "邮箱相同"}, "OR, each by its own"


def test_b3_what_forbids_is_updated_or_stays_out_in_words(cast: Cast) -> None:
    owner = cast.actor("owner")
    known = make_customer(owner, NAME, email="li@example.com")
    make_customer(cast.actor("stranger"), "无锡惠山精密机械有限公司", email="hui@example.com")
    _rules(cast, [EMAIL], at="block", shown=[])
    owner = cast.actor("owner")
    rows = [
        ["客户名称", "邮箱", "电话"],
        ["远岫", "li@example.com", "13800138000"],
        ["惠山", "HUI@example.com", ""],
        ["云栖", "yun@example.com", ""],
        ["云栖二", "yun@example.com", ""],
        ["云栖三", "yun3@example.com", ""],
    ]
    batch = checked(owner, *rows)
    bad, ready = RowState.BAD, RowState.READY
    assert _states(batch) == {2: RowState.DUPLICATE, 3: bad, 4: ready, 5: bad, 6: ready}
    hidden, twin = (ImportRow.objects.get(batch_id=batch.pk, number=number) for number in (3, 5))
    assert hidden.problems[0][1] == "客户已存在（邮箱相同），按查重规则不能重复新建，请联系其负责人"
    assert "与文件第 4 行是同一个客户" in twin.problems[0][1]
    skip_row(owner, batch.pk, number=4)
    assert _states(batch)[5] == RowState.READY, "the one above stays out"
    skip_row(owner, batch.pk, number=4, skipped=False)
    assert _states(batch)[5] == RowState.BAD
    with pytest.raises(Refused) as refusal:
        decide_rows(owner, batch.pk, why="customer/email:exact!", decision=Decision.CREATE, reason="就要")
    assert refusal.value.code == "bad_decision"
    done = run_import(owner, batch.pk)
    assert (done.counts["customers"], Customer.objects.filter(name="远岫").count()) == (2, 0)
    failed = ImportRow.objects.get(batch_id=batch.pk, state=RowState.FAILED)
    assert "邮箱相同），按查重规则不能重复新建" in failed.problems[0][1]
    batch = brought(owner, *rows[:2], policy={"otherwise": "fill"})
    assert (batch.counts["changed"], Customer.objects.get(pk=known.pk).phone) == (1, "13800138000"), "updating is free"
    batch = checked(cast.actor("owner"), ["客户名称", "邮箱"], ["丁", "ding@example.com"], ["戊", "wu@example.com"])
    make_customer(cast.actor("manager"), "丁川", email="ding@example.com")
    done = run_import(cast.actor("owner"), batch.pk)
    assert (done.counts["customers"], done.counts["refused"]) == (1, 1), "who came meanwhile"
    assert "校验之后有同事新建了这个客户（邮箱相同）" in rows_of(done, RowState.FAILED)[0].problems[0][1]


def test_b3_records_out_of_sight_are_told_as_the_rule_allows_written_down_and_limited(cast: Cast) -> None:
    stranger = cast.actor("stranger")
    first = make_customer(stranger, "无锡惠山精密机械有限公司", email="a@example.com")
    gone = make_customer(stranger, "杭州云栖动力电池有限公司", email="b@example.com")
    void_customer.run(stranger, gone.pk, {"reason": "走了"})
    mine = make_customer(cast.actor("owner"), "常州天宁纺织有限公司", email="c@example.com")
    void_customer.run(cast.actor("owner"), mine.pk, {"reason": "走了"})
    rows = [["客户名称", "邮箱"], ["甲", "a@example.com"], ["乙", "b@example.com"], ["丙", "c@example.com"], ["丁", ""]]
    _rules(cast, [EMAIL], shown=["owner"])
    batch = checked(cast.actor("owner"), *rows)
    said = {row.number: said_of(row) for row in rows_of(batch, RowState.DUPLICATE)}
    assert said[2].startswith("邮箱相同：已存在，请联系其负责人（")
    assert said[3][:17] == said[2][:17], "voided or not, all that he may not see is worded alike"
    assert said[4] == "邮箱相同：「常州天宁纺织有限公司」在回收站里"
    event = Event.objects.get(action="duplicates.tell")
    assert (event.note["entry"], event.note["told"]) == ("import", [first.pk, gone.pk])
    mend_row(cast.actor("owner"), batch.pk, number=5, fixes={"0": "丁丁"})
    assert Event.objects.filter(action="duplicates.tell").count() == 1, "what he knows is not told again"
    change_settings.run(cast.actor("administrator"), None, {"changes": {"duplicates.told_per_import": "2"}})
    make_customer(stranger, "南通海门家纺有限公司", email="d@example.com")
    late = checked(
        cast.actor("owner"), ["客户名称", "邮箱"], ["戊", "e@example.com"], ["己", "d@example.com"], ["庚", ""]
    )
    assert _states(late) == {2: RowState.READY, 3: RowState.BAD, 4: RowState.BAD}, "from there on, there or not"
    assert len({row.problems[0][1] for row in rows_of(late, RowState.BAD)}) == 1
    _rules(cast, [EMAIL], told="nothing", at="block")
    silent = checked(cast.actor("owner"), *rows)
    assert _states(silent)[2] == RowState.READY, "as if it were not there"
    assert run_import(cast.actor("owner"), silent.pk).counts["refused"] == 1, "his own one in the recycle bin"


def test_b3_contacts_are_compared_by_their_own_rules_and_no_row_asks_by_itself(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner, NAME)
    create_contact.run(owner, None, {"name": "王芳", "customer": customer.pk, "phone": "13800138000"})
    given = {"record_type": "contact", "preset": "person", "name": "人", "effects": {"import": "warn"}, "on": "on"}
    pairs = [[PHONE], [("customer", "exact"), SAME_NAME]]
    asked = [[{"field": field, "how": how} for field, how in each] for each in pairs]
    change_preset.run(cast.actor("administrator"), None, given | {"alternatives": asked})
    header = ["姓名", "所属客户", "手机"]
    people = [
        ["小王", "别家", "13800138000"], ["王芳", NAME, ""], ["李强", NAME, ""], ["李强", NAME, ""],
        ["赵六", "别家", ""],
    ]  # fmt: skip
    batch = checked(cast.actor("owner"), header, *people, kind="contacts")
    marked = ImportRow.objects.filter(batch_id=batch.pk).exclude(duplicate_why="")
    whys = dict(marked.values_list("number", "duplicate_why"))
    assert whys == {
        2: "own:contact/phone:exact",
        3: "own:contact/customer:exact+name:exact",
        5: "file_own:contact/customer:exact+name:exact",
    }
    done = run_import(cast.actor("owner"), batch.pk)
    assert set(Contact.objects.values_list("name", "customer__name")) == {
        ("王芳", NAME),
        ("李强", NAME),
        ("赵六", "别家"),
    }
    assert done.counts["contacts"] == 2
    counted = []
    for number in (2, 2, 12):
        rows = [[f"第{n}川机械厂", f"1390000{number:02}{n:02}"] for n in range(number)]
        with CaptureQueriesContext(connection) as queries:
            checked(cast.actor("owner"), ["客户名称", "电话"], *rows)
        counted.append(len(queries))
    assert counted[2] <= counted[1], "set by set"
