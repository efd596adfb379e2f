"""Plans on pages: the customer's panel, done with one click and undone, help asked for and given (B7, S3-12)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.org.models import Member
from genjin.plans.models import Plan
from genjin.plans.rules import PlanState
from genjin.plans.tests.factories import make_plan, set_time
from genjin.testing.cast import Cast

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/1"}


@pytest.fixture
def customer(cast: Cast) -> Customer:
    return make_customer(cast.actor("owner"))


def test_the_customers_panel_shows_open_plans_overdue_first_and_how_to_plan(cast: Cast, customer: Customer) -> None:
    owner = cast.actor("owner")
    empty = _seen(cast.owner, f"/customers/{customer.pk}")
    assert "还没有安排下一步" in empty
    assert f"/plans/new?stay=1&amp;customer={customer.pk}" in empty
    make_plan(owner, customer, "下次的")
    late = make_plan(owner, customer, "早该做的")
    set_time(late, starts_at=owner.now() - timedelta(days=3), due_at=owner.now() - timedelta(days=3))
    panel = _seen(cast.owner, f"/customers/{customer.pk}").split('id="plans"')[1].split("</section>")[0]
    assert panel.index("早该做的") < panel.index("下次的")
    assert '<time class="tmc bad-t"' in panel
    assert "逾期 3 天" in panel


def test_the_panel_costs_one_query_however_many_plans(cast: Cast, customer: Customer) -> None:
    owner, client = cast.actor("owner"), Client()
    client.force_login(cast.owner)
    address = f"/customers/{customer.pk}"
    asked = []
    for _more in range(2):
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        asked.append(sum('FROM "plans_plan"' in query["sql"] for query in caught))
        for n in range(5):
            make_plan(owner, customer, f"计划{n}")
    assert asked == [1, 1]


def test_a_plan_is_done_with_one_click_and_taken_back_with_another(cast: Cast, customer: Customer) -> None:
    plan = make_plan(cast.actor("owner"), customer)
    client = Client()
    client.force_login(cast.owner)
    answer = client.post(f"/plans/{plan.pk}/actions/complete", headers=HTMX)
    told = json.loads(answer["HX-Trigger"])
    assert (answer.status_code, told["dialog:done"]["changed"]) == (204, "record:changed rows:changed")
    assert _state(plan) == PlanState.COMPLETED
    assert client.post(told["toast"]["undo"], headers=HTMX).status_code == 204
    assert _state(plan) == PlanState.PREPARED


def test_postponing_and_handing_on_are_undone_as_well(cast: Cast, customer: Customer) -> None:
    owner = cast.actor("owner")
    plan = make_plan(owner, customer)
    yesterday = owner.now() - timedelta(days=1)
    set_time(plan, starts_at=yesterday, due_at=yesterday)
    client = Client()
    client.force_login(cast.owner)
    for verb, raw in (
        ("postpone", {"choice": "monday", "drawn": "choice"}),
        ("hand_on", {"assignee": str(cast.manager.pk), "drawn": "assignee"}),
    ):
        answer = client.post(f"/plans/{plan.pk}/actions/{verb}", raw, headers=HTMX)
        assert client.post(json.loads(answer["HX-Trigger"])["toast"]["undo"], headers=HTMX).status_code == 204, verb
        plan.refresh_from_db()
        assert (plan.starts_at, plan.postponed, plan.assignee_id) == (yesterday, 0, cast.owner.pk)


def test_S3_12_the_page_of_a_plan_asks_the_department_for_its_result(cast: Cast, customer: Customer) -> None:
    owner = cast.actor("owner")
    plan = make_plan(owner, customer, support_department=str(cast.stranger.department_id))
    assert "等待 销售二部 填写协助结果" in _seen(cast.owner, f"/plans/{plan.pk}")
    helper = Client()
    helper.force_login(cast.stranger)
    page = helper.get(f"/plans/{plan.pk}").content.decode()
    assert f"/plans/{plan.pk}/actions/record_support" in page
    assert f"/plans/{plan.pk}/actions/complete" not in page
    raw = {"result": "建议用 B 型", "drawn": "result"}
    assert helper.post(f"/plans/{plan.pk}/actions/record_support", raw, headers=HTMX).status_code == 204
    assert "建议用 B 型" in _seen(cast.owner, f"/plans/{plan.pk}")


def _seen(member: Member, address: str) -> str:
    client = Client()
    client.force_login(member)
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def _state(plan: Plan) -> str:
    plan.refresh_from_db()
    return plan.state
