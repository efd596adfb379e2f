"""What hangs on an opportunity as rows (S3-18), and how its pipelines are set up (B9, S2-46): limits and refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.opportunities.actions import parts
from genjin.opportunities.changing import configuring
from genjin.opportunities.models import Competitor, Line, Participant, Pipeline, Stage
from genjin.opportunities.pipelines import pipelines_at
from genjin.opportunities.tests.factories import fresh, make_opportunity
from genjin.opportunities.tests.test_moving import refused, run
from genjin.testing.cast import Cast


def test_s3_18_contacts_lines_and_competitors_are_rows_with_limits(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, unchanged: Callable[[], AbstractContextManager[None]]
) -> None:
    owner = cast.actor("owner")
    row = make_opportunity(owner)
    customer, other = Customer.objects.get(pk=row.customer_id), make_opportunity(owner, "另一个商机")
    known, foreign = make_contact(owner, customer), make_contact(owner, make_customer(owner, "别家公司"))
    run(owner, "add_line", row, product="贴片机", price="1.2万", quantity="2")
    run(owner, "add_line", row, product="培训", price="600", discount="50")
    first, second = Line.objects.filter(opportunity=row).order_by("id")
    assert fresh(row).amount == 24_300

    run(owner, "edit_line", row, part=str(first.pk), product="贴片机", price="1万", quantity="3", discount="90")
    first.refresh_from_db()
    assert [first.price, first.quantity, first.discount, first.total] == [10_000, 3, 90, 27_000]
    assert fresh(row).amount == 27_300
    run(owner, "edit", row, amount="20000")  # somebody wrote another amount: lines no longer change it
    run(owner, "edit_line", row, part=str(second.pk), product="培训", price="900")
    assert fresh(row).amount == 20_000

    run(owner, "add_participant", row, contact=str(known.pk), role="decider")
    run(owner, "add_participant", row, contact=str(known.pk), role="user", note="试用负责人")
    assert [(p.role, p.note) for p in Participant.objects.filter(opportunity=row)] == [("user", "试用负责人")]
    run(owner, "add_competitor", row, name="远岫")
    rival = Competitor.objects.get(opportunity=row)

    stranger, price = cast.actor("stranger"), {"product": "贴片机", "price": "1"}
    monkeypatch.setattr(parts, "MOST_PARTS", 2)
    with unchanged():
        assert refused(owner, "add_line", row, **price).code == "too_many"
        assert refused(owner, "add_participant", row, contact=str(foreign.pk)).code == "other_contact"
        assert refused(owner, "add_line", other, product="贴片机", price="很贵").field == "price"
        for verb, of in (("edit_line", first), ("remove_line", first), ("remove_competitor", rival)):
            more = price if verb == "edit_line" else {}
            with pytest.raises(NotFound):  # a row of another opportunity
                run(owner, verb, other, part=str(of.pk), **more)
            with pytest.raises(NotFound):
                run(stranger, verb, row, part=str(of.pk), **more)
    for verb, of in (("remove_line", first), ("remove_line", second), ("remove_competitor", rival)):
        run(owner, verb, row, part=str(of.pk))
    taking = Participant.objects.get(opportunity=row)
    run(owner, "remove_participant", row, part=str(taking.pk))
    assert not any(model.objects.filter(opportunity=row).exists() for model in (Line, Participant, Competitor))
    assert fresh(row).amount == 20_000

    run(owner, "void", row, reason="重复")
    with unchanged():
        assert refused(owner, "add_competitor", row, name="远岫").code == "voided"


def test_b9_pipelines_are_made_changed_and_switched(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, unchanged: Callable[[], AbstractContextManager[None]]
) -> None:
    admin, owner = cast.actor("administrator"), cast.actor("owner")
    run(admin, "pipelines.create", name="设备线", english="Machines", reopens="1")
    made = Pipeline.objects.get(name="设备线")
    stages = Stage.objects.filter(pipeline=made).order_by("order")
    assert [stage.name for stage in stages] == [step.label for step in pipelines_at(0).default.steps]

    run(admin, "pipelines.edit", pipeline=made.key, name="设备与备件", jumps="1")
    made.refresh_from_db()
    assert (made.name, made.rolls_back, made.jumps, made.reopens) == ("设备与备件", False, True, False)
    run(admin, "pipelines.switch_off", pipeline=made.key)
    given = {"name": "新商机", "customer": str(make_customer(owner).pk), "duplicate_known": "1"}
    with unchanged():
        assert refused(admin, "pipelines.make_default", pipeline=made.key).code == "off"
        assert refused(admin, "pipelines.edit", pipeline="default", name="设备与备件").code == "same_name"
        assert refused(cast.actor("owner"), "create", pipeline=made.key, **given).code == "pipeline_off"
    run(admin, "pipelines.switch_on", pipeline=made.key)
    run(admin, "pipelines.make_default", pipeline=made.key)
    assert list(Pipeline.objects.filter(default=True)) == [made]
    assert make_opportunity(cast.actor("owner"), "落在默认管线").pipeline == made.key

    monkeypatch.setattr(configuring, "MOST_TASKS", 2)
    stage, plain = stages[0], {"name": "初步接触", "probability": "10", "allowed_days": "14"}

    def told(*tasks: Any) -> str:
        return refused(admin, "stages.edit", None, stage=stage.key, tasks=json.dumps(list(tasks)), **plain).message

    task = {"when": "entry", "kind": "field", "of": "amount", "count": 1, "required": True}
    with unchanged():
        assert told(task, {**task, "of": "need"}, {**task, "of": "source"}) == "一个阶段最多 2 项任务"
        assert told(task, {"when": "sometime"}) == "第 2 项任务无法识别"
        assert told({**task, "of": "no_such_field"}) == "第 1 项任务：请选择要填写的字段"
        assert told({**task, "kind": "followup", "of": "smoke_signal"}) == "第 1 项任务：没有这种跟进方式"
        assert told({**task, "kind": "file", "of": "", "count": 99}) == "第 1 项任务：次数应为 1 到 20"
        with pytest.raises(Forbidden):
            run(owner, "pipelines.switch_off", pipeline=made.key)
        assert refused(admin, "pipelines.edit", pipeline="elsewhere", name="没有这条").code == "invalid"
