"""B9: opportunities move, end and open again along the table only, whichever way they are asked."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor, system
from genjin.kernel.models.events import Event, Notification
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.sealing import deliver, seal
from genjin.kernel.undo import undo_event
from genjin.opportunities.jobs import close_idle
from genjin.opportunities.models import Closing, Opportunity, Participant, Stage, Stay
from genjin.opportunities.pipelines import pipelines_at
from genjin.opportunities.tests.factories import fresh, make_opportunity
from genjin.org.actions.settings import change_settings
from genjin.testing.cast import Cast


def run(actor: Actor, verb: str, row: Opportunity | int | None = None, /, **raw: Any) -> Any:
    """One of the verbs of opportunities, as surfaces run it."""
    name = verb if "." in verb else f"opportunities.{verb}"
    return ACTIONS[name].run(actor, row.pk if isinstance(row, Opportunity) else row, raw)


def refused(actor: Actor, verb: str, row: Opportunity | int | None = None, /, **raw: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        run(actor, verb, row, **raw)
    return caught.value


def stage_tasks(actor: Actor, stage: str, *tasks: dict[str, Any], **more: Any) -> None:
    step = pipelines_at(actor.stamp).steps[stage]
    given = {"name": step.label, "probability": step.probability, "allowed_days": step.allowed_days, **more}
    run(actor, "stages.edit", None, stage=stage, tasks=json.dumps(list(tasks)), **given)


def test_b9_an_opportunity_goes_its_way(cast: Cast) -> None:
    owner = cast.actor("owner")
    row = make_opportunity(owner, amount="65万", expected_on="2030-11", budget_min="50万", budget_max="80万")
    assert (row.stage, row.pipeline, row.probability) == ("contact", "default", 10)
    assert row.weighted == 65000
    assert (str(row.expected_on), row.expected_month) == ("2030-11-30", True)  # S3-18
    assert (row.code[:3], row.owner_id, row.outcome, row.category) == ("SJ-", cast.owner.pk, "open", "pipeline")
    run(owner, "move", row, stage="need")
    run(owner, "edit", row, stage="proposal", probability="55")  # a form is a move like any other
    row = fresh(row)
    assert (row.stage, row.previous_stage, row.furthest, row.probability) == ("proposal", "need", "proposal", 55)
    run(owner, "move", row, stage="contact")
    assert (fresh(row).stage, fresh(row).furthest) == ("contact", "proposal")
    assert refused(owner, "move", row, stage="contact").code == "same_stage"
    assert refused(owner, "move", row, stage="aftersale").code == "not_won"
    outcome = run(owner, "win", row, amount="60万", reason="price")
    row = fresh(row)
    assert (row.stage, row.outcome, row.probability, row.category) == ("won", "won", 100, "closed")
    assert row.amount == row.weighted == 600000
    assert row.stalls_on is None
    assert Customer.objects.get(pk=row.customer_id).deal_date == row.closed_on  # B4: a won customer
    assert [(s.stage, s.left_at is None) for s in Stay.objects.filter(opportunity=row).order_by("id")] == [
        ("contact", False), ("need", False), ("proposal", False), ("contact", False),
    ]  # fmt: skip
    assert refused(owner, "move", row, stage="need").code == "ended"
    assert refused(owner, "lose", row, reason="price").code == "bad_move"
    undo_event(owner, outcome.event_id)
    row = fresh(row)
    assert (row.stage, row.outcome, row.probability, row.closed_on) == ("contact", "open", 10, None)
    assert Customer.objects.get(pk=row.customer_id).deal_date is None
    run(owner, "win", row)
    run(owner, "move", row, stage="aftersale")
    assert (fresh(row).stage, fresh(row).outcome) == ("aftersale", "won")
    run(owner, "void", row, reason="重复")
    assert Customer.objects.get(pk=row.customer_id).deal_date is None
    run(owner, "restore", row)
    assert Customer.objects.get(pk=row.customer_id).deal_date == fresh(row).closed_on


def test_b9_what_a_stage_asks_is_asked_of_every_way_in_and_named(cast: Cast) -> None:
    admin, owner = cast.actor("administrator"), cast.actor("owner")
    stage_tasks(
        admin, "contact",
        {"when": "exit", "kind": "field", "of": "amount"},
        {"when": "exit", "kind": "field", "of": "participants"},
    )  # fmt: skip
    stage_tasks(
        admin, "need",
        {"when": "entry", "kind": "followup", "of": "", "count": 1},
        {"when": "entry", "kind": "file", "required": False},
    )  # fmt: skip
    owner = cast.actor("owner")
    row = make_opportunity(owner)
    contact = make_contact(owner, row.customer, decision_role="decider")
    for verb, raw in (("move", {"stage": "need"}), ("edit", {"stage": "need"}), ("move", {"stage": "proposal"})):
        refusal = refused(owner, verb, row, **raw)
        assert refusal.code == "tasks_due"
        assert refusal.facts["missing"] == ["「商机金额」", "「参与的联系人」", "1 次跟进"]
        assert "amount" in refusal.errors
    assert ACTIONS["opportunities.move"].run_many(owner, [row.pk], {"stage": "need"}).refused[0][1].code == "tasks_due"
    assert (
        refused(owner, "create", name="直接进第二阶段", customer=str(row.customer_id), stage="需求确认").code
        == "tasks_due"
    )
    assert refused(owner, "win", row, amount="1万").facts["missing"] == ["「参与的联系人」", "1 次跟进"]
    run(owner, "add_participant", row, contact=str(contact.pk))
    assert Participant.objects.get(opportunity=row).role == "decider"
    assert refused(owner, "edit", row, stage="need", amount="3万").facts["missing"] == ["1 次跟进"]
    assert fresh(row).amount is None
    run(
        owner,
        "followups.create",
        customer=str(row.customer_id),
        content="谈了需求",
        method="phone",
        call_result="connected",
    )
    run(owner, "edit", row, stage="need", amount="3万")
    assert fresh(row).stage == "need"
    assert fresh(row).amount == 30000
    run(owner, "move", row, stage="contact")  # back asks for nothing


def test_b9_switches_of_a_pipeline_and_reopening(cast: Cast) -> None:
    admin = cast.actor("administrator")
    run(admin, "pipelines.edit", pipeline="default", name="默认管线", rolls_back="", jumps="", reopens="")
    owner = cast.actor("owner")
    row = make_opportunity(owner, amount="9万")
    assert refused(owner, "move", row, stage="proposal").code == "no_jump"
    assert refused(owner, "win", row).code == "no_jump"
    outcome = run(owner, "move", row, stage="need")
    assert refused(owner, "move", row, stage="contact").code == "no_roll_back"
    undo_event(owner, outcome.event_id)  # what was just done can be taken back all the same
    assert (fresh(row).stage, fresh(row).furthest, Stay.objects.filter(opportunity=row).count()) == (
        "contact",
        "contact",
        1,
    )
    assert refused(owner, "lose", row, reason="other").field == "note"
    assert refused(owner, "lose", row).errors
    run(owner, "lose", row, reason="price", competitor="远岫", note="贵了两成")
    lost = Closing.objects.get(opportunity=row)
    assert (lost.stage, lost.reason, lost.competitor, lost.by_id) == ("contact", "price", "远岫", cast.owner.pk)
    assert (fresh(row).lost_stage, fresh(row).category, fresh(row).probability) == ("contact", "omitted", 0)
    assert refused(owner, "reopen", row).code == "no_reopening"
    run(
        cast.actor("administrator"),
        "pipelines.edit",
        pipeline="default",
        name="默认管线",
        rolls_back="1",
        jumps="1",
        reopens="1",
    )
    owner = cast.actor("owner")
    run(owner, "reopen", row)
    row = fresh(row)
    assert (row.outcome, row.stage, row.loss_reason, row.lost_stage, row.probability) == ("open", "contact", "", "", 10)
    assert Closing.objects.filter(opportunity=row, until=None).count() == 0
    run(owner, "invalidate", row, reason="duplicate")
    assert (fresh(row).outcome, fresh(row).lost_stage) == ("invalid", "")
    assert refused(owner, "move", make_opportunity(owner, "无金额"), stage="won").code == "no_amount"


def test_b9_s2_46_pipelines_stages_ready_sets_and_their_limits(cast: Cast) -> None:
    admin = cast.actor("administrator")
    run(admin, "pipelines.create", name="设备线", departments=[str(cast.owner.department_id)])
    admin, owner = cast.actor("administrator"), cast.actor("owner")
    mine = make_opportunity(owner, "设备")
    assert mine.pipeline != "default"
    assert make_opportunity(cast.actor("stranger"), "别的部门").pipeline == "default"
    assert refused(owner, "move", mine, stage="need").code == "other_pipeline"
    run(owner, "edit", mine, pipeline="default")
    assert (fresh(mine).pipeline, fresh(mine).stage) == ("default", "contact")
    assert refused(admin, "stages.delete", stage="contact").code == "holds"
    assert refused(admin, "stages.delete", stage="won").code in ("holds", "bad_order")
    assert refused(admin, "stages.shift", stage="negotiation", way="down").code == "bad_order"
    run(admin, "stages.shift", stage="need", way="down")
    for number in range(9):
        run(cast.actor("administrator"), "stages.add", pipeline="default", name=f"第{number}步", probability="60")
    assert refused(cast.actor("administrator"), "stages.add", pipeline="default", name="太多").code == "too_many"
    assert refused(cast.actor("administrator"), "stages.add", pipeline="default", name="成交").code in (
        "same_name",
        "too_many",
    )
    key = mine.pipeline
    admin = cast.actor("administrator")
    assert refused(admin, "pipelines.switch_off", pipeline="default").code == "default"
    run(admin, "pipelines.switch_off", pipeline=key)
    owner = cast.actor("owner")
    assert refused(owner, "create", name="停用的", customer=str(mine.customer_id), pipeline=key).code in (
        "pipeline_off",
        "invalid",
    )
    assert refused(cast.actor("administrator"), "pipelines.delete", pipeline="default").code == "default"
    run(cast.actor("administrator"), "pipelines.delete", pipeline=key)
    with pytest.raises(Forbidden):
        run(owner, "pipelines.make_default", pipeline="default")
    run(cast.actor("administrator"), "pipelines.create", name="短流程", ready="short")
    made = Stage.objects.filter(pipeline__name="短流程").order_by("order").values_list("name", "kind", "probability")
    assert list(made) == [
        ("初步沟通", "progress", 20), ("确定意向", "progress", 50), ("商务洽谈", "progress", 80), ("成交", "won", 100),
    ]  # fmt: skip
    begun = make_opportunity(cast.actor("owner"), "走短流程", pipeline="短流程")
    assert begun.probability == 20


def test_b4_p9_open_opportunities_go_along_with_the_customer(cast: Cast) -> None:
    admin, owner = cast.actor("administrator"), cast.actor("owner")
    customer = make_customer(owner)
    going, lost = make_opportunity(owner, "随客户走", customer), make_opportunity(owner, "早输了", customer)
    run(owner, "lose", lost, reason="price")
    other = make_opportunity(admin, "别人的", customer, owner=str(cast.administrator.pk))
    run(cast.actor("manager"), "customers.transfer", customer.pk, owner=str(cast.manager.pk))
    assert [fresh(each).owner_id for each in (going, lost, other)] == [
        cast.manager.pk, cast.owner.pk, cast.administrator.pk,
    ]  # fmt: skip
    change_settings(admin, changes={"opportunities.follow": "none"})
    run(cast.actor("administrator"), "customers.transfer", customer.pk, owner=str(cast.owner.pk))
    assert fresh(going).owner_id == cast.manager.pk
    with pytest.raises(NotFound):
        run(cast.actor("stranger"), "move", going, stage="need")


def test_p11_the_system_closes_what_stands_too_long_once(cast: Cast) -> None:
    stage_tasks(cast.actor("administrator"), "contact", close_days="30")
    owner = cast.actor("owner")
    old = make_opportunity(owner, "太久", opened_on=(owner.now().date() - timedelta(days=31)).isoformat())
    kept = make_opportunity(owner, "刚好", opened_on=(owner.now().date() - timedelta(days=30)).isoformat())
    actor = system("opportunities.auto_close", "opportunities.see")
    for _time in range(2):
        close_idle(actor)
    assert (fresh(old).outcome, fresh(old).loss_reason, fresh(kept).outcome) == ("lost", "system", "open")
    assert Event.objects.filter(action="opportunities.close_idle").count() == 1
    while seal():
        pass
    deliver()
    assert Notification.objects.filter(member=cast.owner, kind="opportunity_closed", row_id=old.pk).exists()


def test_b9_products_competitors_and_history_brought_in(cast: Cast) -> None:
    owner = cast.actor("owner")
    row = make_opportunity(owner)
    run(owner, "add_line", row, product="贴片机", price="1.2万", quantity="3", discount="90")
    assert fresh(row).amount == Decimal("32400.00")
    run(owner, "add_line", row, product="培训", price="600")
    assert fresh(row).amount == Decimal("33000.00")
    run(owner, "edit", row, amount="3万")
    line = row.lines.get(product="培训")
    run(owner, "remove_line", row, part=str(line.pk))
    assert fresh(row).amount == 30000  # somebody wrote another one
    run(owner, "add_competitor", row, name="远岫", strengths="便宜")
    assert row.competitors.count() == 1
    assert refused(owner, "edit", row, budget_min="9", budget_max="8").field == "budget_max"
    assert refused(owner, "edit", row, category="closed").code == "category_follows"
    past = make_opportunity(
        owner, "去年输的", row.customer, outcome="lost", opened_on="2025-01-05", closed_on="2025-03-01",
        reason="budget", amount="5万", stage="商务谈判",
    )  # fmt: skip
    assert (past.outcome, past.lost_stage, past.loss_reason) == ("lost", "negotiation", "budget")
    stay = Stay.objects.get(opportunity=past)
    assert stay.left_at
    assert (stay.stage, (stay.left_at - stay.entered_at).days) == ("negotiation", 55)
    won = make_opportunity(owner, "去年赢的", row.customer, stage="成交", closed_on="2025-05-01", amount="7万")
    assert (won.outcome, won.stage, str(won.won_on), won.life) == ("won", "won", "2025-05-01", Life.LIVE)
    assert refused(owner, "create", name="没写金额", customer=str(row.customer_id), outcome="won").code == "no_amount"
