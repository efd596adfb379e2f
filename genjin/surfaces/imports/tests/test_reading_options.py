"""Options and people as sheets name them, the questions they leave, and the answers (S0-34 … S0-37)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from genjin.customers.record import CUSTOMER
from genjin.followups.record import FOLLOWUP
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice
from genjin.kernel.options import options_of
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.actions.shapes import remember
from genjin.surfaces.imports.answering import create_options
from genjin.surfaces.imports.compiling import prepare
from genjin.surfaces.imports.kinds import CONTACT_PART, KINDS
from genjin.surfaces.imports.proposing import propose
from genjin.surfaces.imports.questions import accepted, questions
from genjin.surfaces.imports.rules import LEAVE, ME, NEW, REMARKS, Question, Rule, answered, rules_from_json
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.tests.reading import found, read, refused
from genjin.testing.cast import Cast, make_member

LEVEL, SIZE, SOURCE = (CUSTOMER.keys[key] for key in ("level", "size", "source"))
METHOD, OUTCOME, CALL, SOLUTION = (FOLLOWUP.keys[key] for key in ("method", "outcome", "call_result", "solution"))
INTENTION, OWNER, TAGS = FOLLOWUP.keys["intention"], CUSTOMER.keys["owner"], CUSTOMER.keys["tags"]
MEANT = {
    "level": {"A": ["A", "a", "A类", "A级", "A 类客户", "超级VIP客户", "超级vip", "VIP", "A-超级VIP客户",
    "1.超级VIP客户", "ＶＩＰ客户"],
              "B": ["B", "优质客户", "优质", "優質客戶", "优质（B类）"], "C": ["一般客户", "一般", "一般 客户",
              "一般类", "C"]},
    "method": {"visit": ["现场跟进", "现场", "拜访", "上门拜访", "面谈"], "wechat": ["微信", "WeChat", "企业微信",
    "微信沟通"],
               "phone": ["电话", "打电话", "电话跟进", "Phone", "来电"], "email": ["邮件", "邮箱", "e-mail"]},
    "intention": {"wavering": ["有意向徘徊犹豫", "徘徊犹豫", "犹豫"], "certain": ["确定购买意向", "确定购买"]},
    "outcome": {"deal": ["成交", "已成交", "是", "√", "赢单"], "no_deal": ["未成交", "否", "没成交", "×", "失败"]},
    "call": {"connected": ["已接通", "接通", "是", "Y"], "unanswered": ["未接", "无人接听", "否"],
    "unavailable": ["空号"]},
    "size": {"s1": ["20人以下", "15", "15人", "约10人"], "s2": ["20-99人", "20–99 人", "50人", "50"],
    "s5": ["1000人以上", "3000多人"]},
    "source": {"exhibition": ["展会", "参展"], "referral": ["客户转介绍", "转介绍"], "internet": ["网络", "官网",
    "百度"]},
}  # fmt: skip
FIELDS = {"level": LEVEL, "method": METHOD, "intention": INTENTION, "outcome": OUTCOME, "call": CALL, "size": SIZE,
          "source": SOURCE}  # fmt: skip


@pytest.fixture
def actor(cast: Cast) -> Actor:
    return cast.actor("owner")


def asked_of(
    actor: Actor, target: str, *values: Cell, kind: str = "customers", **facts: object
) -> tuple[Rule, list[Question]]:
    rule = Rule.from_json({"index": 0, "heading": "列", "target": target, **facts})
    return rule, questions(actor, KINDS[kind], [rule], Samples.of(([v] for v in values), 1))


def test_S0_34_S0_37_options_by_label_key_synonym_and_what_is_surely_meant(actor: Actor) -> None:
    wrong = []
    for name, options in MEANT.items():
        for key, texts in options.items():
            for text in texts:
                try:
                    value = read(FIELDS[name], text, actor=actor)
                except ValueError as problem:
                    value = str(problem)
                if value != key:
                    wrong.append((name, text, key, value))
    assert wrong == []
    assert read(SOLUTION, "产品介绍、报价；案例", actor=actor) == ["product", "quotation", "case"]
    assert read(SOLUTION, "报价单", actor=actor) == ["quotation"]
    assert read(TAGS, "#老友，大客户、老友", actor=actor) == ["老友", "大客户"]
    assert [read(LEVEL, empty, actor=actor) for empty in ("", None, "-", "无")] == [None] * 4


def test_S0_34_an_unknown_option_is_told_with_the_likely_one(actor: Actor) -> None:
    problem = refused(LEVEL, "优秀客户", actor=actor)
    assert "没有“优秀客户”这个选项" in problem.words
    assert (problem.suggestion, "匹配列" in problem.words) == ("优质客户", True)
    assert refused(METHOD, "信鸽", actor=actor).suggestion == ""
    assert read(LEVEL, "钻石", actor=actor, options={"钻石": "A"}) == "A"
    assert read(LEVEL, "钻石", actor=actor, options={"钻石": LEAVE}) is None
    assert found(LEVEL, "钻石", actor=actor, options={"钻石": REMARKS}).rest == ("钻石",)
    assert "已经不在" in refused(LEVEL, "钻石", actor=actor, options={"钻石": "x1"}).words
    assert read(SOLUTION, "报价、上门演示", actor=actor, options={"上门演示": "case"}) == ["quotation", "case"]


def test_unknown_options_are_asked_once_and_answered_for_the_whole_column(cast: Cast) -> None:
    actor, boss = cast.actor("owner"), cast.actor("administrator")
    values = ["优质客户", "钻石", "优秀客户", "钻石"]
    _rule, (question,) = asked_of(actor, "customer.level", *values)
    assert (question.asked, dict(question.values)) == ("options", {"钻石": 2, "优秀客户": 1})
    assert question.proposed == {"优秀客户": "B"}
    keys = [choice.key for choice in question.choices]
    assert keys == ["A", "B", "C", REMARKS, LEAVE], "only who may change options may make one"
    rule, (question,) = asked_of(boss, "customer.level", *values)
    assert NEW in [choice.key for choice in question.choices]
    rule = answered(rule, "options", {"钻石": NEW, "优秀客户": "B"})
    assert asked_of(boss, rule.target, *values, options=rule.options)[1] == []
    later, (made,) = create_options(boss, KINDS["customers"], [rule])
    assert "钻石" in [str(o.label) for o in options_of("customer_level", later.stamp).values()]
    assert read(LEVEL, "钻石", actor=later, options=made.options) == made.options["钻石"]
    with pytest.raises(Refused):
        create_options(actor, KINDS["customers"], [answered(rule, "options", {"白金": NEW})])
    _rule, (industry,) = asked_of(actor, "customer.industry", "汽车零部件", "制造业")
    assert (list(industry.values), "C" in [c.key for c in industry.choices]) == (["汽车零部件"], True)


def test_people_by_everything_that_names_them(cast: Cast) -> None:
    actor = cast.actor("owner")
    owner = cast.owner
    type(owner).objects.filter(pk=owner.pk).update(name="周牧远", phone="13812345678", email="z@b.cn")
    twins = [make_member(part, cast.owner.department) for part in ("x1", "x2")]
    type(owner).objects.filter(pk__in=[t.pk for t in twins]).update(name="张伟")
    type(owner).objects.filter(pk=twins[1].pk).update(department=cast.manager.department)
    gone = make_member("gone", None)
    type(owner).objects.filter(pk=gone.pk).update(name="离职者", is_active=False)
    bump_stamp()
    actor = cast.actor("owner")
    for text in (
        "周牧远",
        "owner",
        "13812345678",
        "138 1234 5678",
        13812345678,
        "Z@b.cn",
        "周 牧远",
        "周牧远（一组）",
        "周牧远(owner)",
    ):
        assert read(OWNER, text, actor=actor) == owner.pk, text
    assert read(OWNER, "张伟（销售一部）", actor=actor) == twins[1].pk
    assert "有 2 位成员叫“张伟”" in refused(OWNER, "张伟", actor=actor).words
    assert "已离职" in refused(OWNER, "离职者", actor=actor).words
    assert refused(OWNER, "周木远", actor=actor).suggestion == "周牧远"
    several = found(OWNER, "周牧远、陌路人", actor=actor)
    assert (several.value, several.rest) == (owner.pk, ("陌路人",))
    answers = {"业务员1": ME, "业务员2": str(twins[0].pk), "业务员3": LEAVE, "业务员4": str(gone.pk)}
    assert read(OWNER, "业务员1", actor=actor, people=answers) == actor.member_id
    assert read(OWNER, "业务员2", actor=actor, people=answers) == twins[0].pk
    assert read(OWNER, "业务员3", actor=actor, people=answers) is None
    assert "离职或不存在" in refused(OWNER, "业务员4", actor=actor, people=answers).words
    _rule, (question,) = asked_of(actor, "owner", "业务员1", "周牧远", "张伟", "周木远")
    assert (question.asked, list(question.values)) == ("people", ["业务员1", "张伟", "周木远"])
    assert question.proposed == {"业务员1": REMARKS, "周木远": str(owner.pk)}
    _authors(actor, answers, twins[0].sign_in)


def _authors(actor: Actor, answers: dict[str, str], twin: str) -> None:
    """Who wrote a follow-up need not be a member."""
    author = KINDS["followups"].targets(actor)["followup.author"].field
    texts = ("周牧远", "业务员9", "业务员1", "业务员2", "业务员3", "张伟")
    assert [read(author, text, "followup.author", actor=actor, people=answers) for text in texts] == [
        "owner", "业务员9", "owner", twin, "业务员3", "张伟",
    ]  # fmt: skip
    _rule, (question,) = asked_of(actor, "followup.author", "业务员9", "周牧远", kind="followups")
    assert (dict(question.values), question.proposed) == ({"业务员9": 1}, {"业务员9": LEAVE})


def test_the_order_of_days_and_ranges_are_asked_about_the_whole_column(actor: Actor) -> None:
    rule, (question,) = asked_of(actor, "followup.result_date", "3/4/2020", "5/6/2020", "2020/2/1")
    assert (question.asked, dict(question.values)) == ("date_order", {"": 2})
    assert [c.key for c in question.choices] == ["mdy", "dmy"]
    assert "3/4/2020 是 2020-03-04" in question.choices[0].label
    assert answered(rule, "date_order", {"": "dmy"}).date_order == "dmy"
    assert accepted([rule], [question])[0].date_order == "mdy"
    assert asked_of(actor, "followup.result_date", "13/4/2020", "5/6/2020")[1] == []
    _rule, (question,) = asked_of(actor, "followup.progress", "70-80%", "45%")
    assert (question.asked, question.proposed) == ("span", {"": "low"})
    assert asked_of(actor, "customer.name", "甲", "乙")[1] == []


def test_rules_travel_as_json_and_wrong_ones_are_refused() -> None:
    rule = Rule(3, "等级", "customer.level", "chosen", options={"钻石": "A"}, people={"甲": ME})
    assert Rule.from_json(rule.to_json()) == rule
    for bad in ({"index": -1, "heading": "x"}, {"index": 1, "heading": "x", "how": "magic"}, {"index": 1, "x": 2},
                {"index": True, "heading": "x"}, {"index": 1, "heading": "x", "options": {"a": 1}}):  # fmt: skip
        with pytest.raises(Refused):
            Rule.from_json(bad)
    with pytest.raises(Refused):
        rules_from_json([{"index": 1, "heading": "a"}, {"index": 1, "heading": "b"}])


def test_the_next_file_of_the_same_shape_is_matched_as_the_last(cast: Cast) -> None:
    actor, other = cast.actor("owner"), cast.actor("manager")
    kind, headings = KINDS["customers"], ["客户名称", "评价 *", "星座", "谁"]
    rules = [Rule(0, "客户名称", "customer.name"), Rule(1, "评价 *", "customer.level", options={"钻石": "A"}),
             Rule(2, "星座", "extra.customer.remarks"), Rule(3, "谁", "owner", people={"小周": ME})]  # fmt: skip
    empty = Samples.of([], 4)
    assert [r.target for r in propose(actor, kind, headings, empty)] == ["customer.name", "", "", ""]
    remember(actor, kind, headings, rules)
    shuffled = ["星座", "评价", "谁", "客户名称"]
    again = propose(actor, kind, shuffled, empty)
    assert [(r.heading, r.target) for r in again] == [
        ("星座", "extra.customer.remarks"), ("评价", "customer.level"), ("谁", "owner"), ("客户名称", "customer.name"),
    ]  # fmt: skip
    assert (again[1].options, again[2].people, {r.how for r in again}) == ({"钻石": "A"}, {"小周": ME}, {"remembered"})
    theirs = propose(other, kind, headings, empty)
    assert ([r.target for r in theirs], theirs[3].people) == ([r.target for r in rules], {}), "who is who is one's own"
    remember(other, kind, headings, [Rule(0, "客户名称", "customer.name")])
    assert [r.target for r in propose(other, kind, headings, empty)] == ["customer.name", "", "", ""]
    assert propose(actor, kind, headings, empty)[3].people == {"小周": ME}
    assert [r.target for r in propose(actor, kind, [*headings, "新列"], empty)][1:] == ["", "", "", ""], "another shape"


def test_two_columns_cannot_bring_one_field(actor: Actor) -> None:
    kind = KINDS["customers"]
    two = [Rule(0, "甲", "customer.name"), Rule(1, "乙", "customer.name")]
    with pytest.raises(Refused, match="「甲」和「乙」都对应"):
        prepare(actor, kind, two)
    with pytest.raises(Refused, match="匹配设置不对"):
        prepare(actor, kind, [Rule(0, "甲", "customer.owner")])


def _rows(
    actor: Actor, kind: str, targets: str, *cells: Sequence[Cell]
) -> list[tuple[dict[str, dict[str, Any]], list[str]]]:
    names = targets.split()
    rules = [Rule(index, name.rpartition(".")[2], name) for index, name in enumerate(names)]
    compiled = prepare(actor, KINDS[kind], rules)
    return [(raw, [p.words for p in problems]) for raw, problems in (compiled.read(row) for row in cells)]


def test_rows_bring_several_records_and_lose_nothing(actor: Actor) -> None:
    targets = "customer.name contact.name contact.phone contact.position extra.customer.remarks customer.phone"
    (one, two, three, four, five), said = zip(
        *_rows(
            actor, "customers", targets,
            ["甲", "张三、李四", "13812345678、13912345678", "经理/采购", "狮子", None],
            ["乙", "张三、李四、王五", "13812345678、13912345678", None, None, None],
            ["丙", None, "13812345678/13912345678", "经理", "x", None],
            ["丁", None, "13812345678", None, None, "0512-62881234"],
            ["戊"],
        ),
        strict=True,
    )  # fmt: skip
    assert one == {
        "customer": {"name": "甲", "remarks": "remarks：狮子"},
        "contact": {"name": "张三", "phone": "13812345678", "position": "经理"},
        "contact.2": {"name": "李四", "phone": "13912345678", "position": "采购"},
    }
    assert two["contact"] == {
        "name": "张三",
        "phone": "13812345678",
        "telephone": "13912345678",
        "remarks": "其他联系人：李四、王五",
    }
    assert ("contact.2" in two, len(said[1])) == (False, 2)
    assert (
        three["customer"]
        == {"name": "丙", "phone": "13812345678", "remarks": "remarks：x\n座机：13912345678\n职位：经理"}
        or three
    )
    assert "contact" not in three
    assert four["customer"] == {"name": "丁", "phone": "0512-62881234", "remarks": "手机：13812345678"}
    assert five == {"customer": {"name": "戊"}}


def test_two_columns_that_give_one_field_lose_nothing(actor: Actor) -> None:
    targets = (
        "customer.name contact.name contact.phone contact.telephone contact.position customer.region customer.address"
    )
    cells = ["甲", "张三经理", "13812345678/13912345678", "0512-62881234", "总监", "苏州市姑苏区人民路1号", "人民路"]
    ((raw, _words),) = _rows(actor, "customers", targets, cells)
    assert (raw["contact"]["telephone"], raw["contact"]["position"]) == ("0512-62881234", "总监")
    assert sorted(raw["contact"]["remarks"].split("\n")) == ["座机：13912345678", "职位：经理"]
    assert raw["customer"] == {
        "name": "甲", "region": "320508", "address": "人民路", "remarks": "详细地址：苏州市姑苏区人民路1号",
    }  # fmt: skip


def test_departments_and_rhythms_of_plans(actor: Actor) -> None:
    targets = "customer.name plan.content plan.support_department plan.rhythm"
    (good, bad) = _rows(actor, "plans", targets, ["甲", "x", "总部/销售二部", "每周"], ["甲", "x", "销售三部", "每周"])
    assert (good[1], good[0]["plan"]["rhythm"]) == ([], "week")
    assert actor.department_id != good[0]["plan"]["support_department"]
    assert "没有找到部门" in bad[1][0]


def test_fields_whose_pieces_stand_in_several_columns(actor: Actor) -> None:
    targets = "customer.name piece.customer.province piece.customer.city piece.customer.district"
    (whole, some, wrong), said = zip(
        *_rows(
            actor,
            "customers",
            targets,
            ["甲", "江苏", "苏州", "吴中区"],
            ["乙", None, "苏州", None],
            ["丙", "火星", None, None],
        ),
        strict=True,
    )
    assert (whole["customer"]["region"], some["customer"]["region"]) == ("320506", "320500")
    assert ("region" in wrong["customer"], "不认识地区" in said[2][0]) == (False, True)
    ((west, _), (east, _)) = _rows(
        actor,
        "contacts",
        "piece.contact.given piece.contact.family customer.name",
        ["三", "张", "甲"],
        ["John", "Smith", "乙"],
    )
    assert (west["contact"]["name"], east["contact"]["name"]) == ("张三", "John Smith")
    ((timed, _), (bad, words)) = _rows(
        actor, "followups", "customer.name followup.occurred_at piece.followup.time followup.author",
        ["甲", "2020/2/1", "下午2:30", "业务员1"], ["甲", "2020/2/1", "某时", None],
    )  # fmt: skip
    assert timed["followup"]["occurred_at"].strftime("%Y-%m-%d %H:%M") == "2020-02-01 14:30"
    assert "看不懂时刻" in words[0]
    assert bad["followup"]["occurred_at"].hour == 0


def test_what_has_no_remarks_to_go_to_is_told(actor: Actor) -> None:
    ((raw, words),) = _rows(
        actor, "plans", "customer.name customer.phone plan.content", ["甲", "13812345678、13912345678", "报价"]
    )
    assert raw["customer"] == {"name": "甲", "phone": "13812345678"}
    assert any("没有导入“13912345678”" in each for each in words)
    assert CONTACT_PART.remarks == "remarks"
    assert isinstance(LEVEL, Choice)
