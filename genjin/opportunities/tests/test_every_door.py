"""B9: what the table or the configuration of a pipeline forbids is refused in the same words by every door: the dialog
of the verb, the form of all fields, the board, bulk, the JSON door. Nothing changes by any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from genjin.customers.tests.factories import make_customer
from genjin.kernel.actor import Actor
from genjin.opportunities.models import Opportunity
from genjin.opportunities.tests.factories import fresh, make_opportunity
from genjin.opportunities.tests.test_moving import run, stage_tasks
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import HTMX, visitor

PLAIN = {"name": "默认管线", "rolls_back": "", "jumps": "", "reopens": ""}


def refused_moves(cast: Cast) -> list[tuple[Opportunity, str, str]]:
    """(opportunity, stage it cannot come to, what is said)."""
    admin = cast.actor("administrator")
    run(admin, "pipelines.edit", None, pipeline="default", **PLAIN)
    stage_tasks(cast.actor("administrator"), "need", {"when": "exit", "kind": "field", "of": "expected_on"})
    owner = cast.actor("owner")
    customer = make_customer(owner)
    rows = {name: make_opportunity(owner, name, customer, amount="5万") for name in ("新的", "确认的", "输掉的")}
    bare = make_opportunity(owner, "没金额的", customer, expected_on="2031-05-01")
    _walk(owner, bare, "need", "proposal", "negotiation")
    _walk(owner, rows["确认的"], "need")
    run(owner, "lose", rows["输掉的"], reason="price")
    return [
        (rows["新的"], "proposal", "这条管线不允许跳过阶段，请先移到「方案提交」的前一个阶段"),
        (rows["新的"], "aftersale", "赢单以后才能进入「售后维护」阶段"),
        (rows["确认的"], "contact", "这条管线不允许退回「初步接触」阶段"),
        (rows["确认的"], "proposal", "移到「方案提交」还差 1 项：「预计成交日期」"),
        (rows["输掉的"], "need", "商机已输单，不能再移动阶段"),
        (bare, "won", "赢单前请填写商机金额"),
    ]


def _walk(actor: Actor, row: Opportunity, *stages: str) -> None:
    for stage in stages:
        run(actor, "move", row, stage=stage)


def by_form(client: Client, row: Opportunity, stage: str) -> str:
    """The dialog 移动阶段."""
    return _sent(client, f"/opportunities/{row.pk}/actions/move", {"stage": stage})


def by_edit(client: Client, row: Opportunity, stage: str) -> str:
    """The form of all fields."""
    return _sent(client, f"/opportunities/{row.pk}/edit", {"name": row.name, "stage": stage})


def _sent(client: Client, address: str, given: dict[str, str]) -> str:
    form = client.get(address, headers=HTMX).content.decode()
    hidden = {n: unescape(v) for n, v in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)}
    stood = json.loads(hidden.get("was", "{}"))
    return _html(client.post(address, stood | hidden | given, headers=HTMX))


def by_dragging(client: Client, row: Opportunity, stage: str) -> str:
    """A card is put into another column of the board."""
    answer = client.post(f"/opportunities/{row.pk}/moves", {"stage": stage, "version": row.version}, headers=HTMX)
    assert answer.status_code == 422
    return str(json.loads(answer.headers["HX-Trigger"])["toast"]["text"])


def in_bulk(client: Client, row: Opportunity, stage: str) -> str:
    """Ticked rows of the list."""
    sent = {"ids": [row.pk], "drawn": "stage", "stage": stage}
    return _html(client.post("/opportunities/bulk/move", sent, headers=HTMX), 200)


def by_json(verb: str) -> Callable[[Client, Opportunity, str], str]:
    """The JSON door."""

    def ask(client: Client, row: Opportunity, stage: str) -> str:
        address = f"/api/v1/opportunities/{row.pk}/actions/{verb}"
        answer = client.post(address, json.dumps({"stage": stage}), content_type="application/json")
        assert answer.status_code == 422
        said: Any = answer.json()
        return str(said)

    return ask


def _html(answer: Any, status: int = 422) -> str:
    assert answer.status_code == status, answer.content.decode()[:400]
    return unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))


DOORS: dict[str, Callable[[Client, Opportunity, str], str]] = {
    "form": by_form,
    "edit": by_edit,
    "board": by_dragging,
    "bulk": in_bulk,
    "json": by_json("move"),
    "json edit": by_json("edit"),
}


@pytest.mark.long
def test_b9_every_door_refuses_a_move_in_the_same_words(cast: Cast) -> None:
    for row, stage, words in refused_moves(cast):
        before = fresh(row)
        for name, ask in DOORS.items():
            said = ask(visitor(cast.owner), before, stage)
            assert words in said, (name, stage, said[:600])
            after = fresh(row)
            assert (after.stage, after.version, after.outcome) == (before.stage, before.version, before.outcome), name
