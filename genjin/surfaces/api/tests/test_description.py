"""The description names every address and every action, and nothing that does not exist."""

from __future__ import annotations

import inspect
import re
from typing import Any

from django.urls import Resolver404, resolve

from genjin.kernel.actions import ACTIONS, Action
from genjin.kernel.grants import GRANTS
from genjin.surfaces.api import web
from genjin.surfaces.api.running import path_of
from genjin.surfaces.api.tests.conftest import World
from genjin.surfaces.registry import NOT_ON, offered


def described_paths(world: World, part: str) -> Any:
    answer = world.caller(part).get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")
    return answer.json()["paths"]


def filled_in(path: str) -> str:
    """The path with a number for each id."""
    return re.sub(r"\{\w+\}", "1", path)


def test_every_address_is_described_and_every_description_has_an_address(world: World) -> None:
    paths = described_paths(world, "administrator")
    routes = {resolve(filled_in(path)).route for path in paths}
    assert routes == {str(pattern.pattern) for pattern in web.served}
    for path in paths:
        try:
            resolve(filled_in(path))
        except Resolver404:
            raise AssertionError(path) from None


def test_every_action_is_described_or_left_out_for_a_reason(world: World) -> None:
    paths = described_paths(world, "administrator")
    actor = world.cast.actor("administrator")
    for action in ACTIONS.values():
        if not offered("api", action) or not actor.may(action.needs):
            assert path_of(action) not in paths
            continue
        schema = paths[path_of(action)]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert set(schema["properties"]) == {field.key for field in action.inputs(actor)}
        assert (f"/api/v1/actions/{action.name}/bulk" in paths) == action.bulk


def can_be_described(action: Action[Any, Any]) -> bool:
    """All it must be given are declared fields, and somebody can hold its grant."""
    declared = {field.key for field in action.own_inputs} | {"values"}
    parameters = inspect.signature(action.function).parameters.values()
    needed = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty}
    return needed <= declared and not GRANTS[action.needs].internal


def test_every_action_has_surfaces_or_reason() -> None:
    for surface, reasons in NOT_ON.items():
        assert [name for name in reasons if name not in ACTIONS] == [], f"stale entries of {surface}"
        assert all(re.search(r"\w{4}", reason) for reason in reasons.values())
    assert [a.name for a in ACTIONS.values() if offered("api", a) and not can_be_described(a)] == []


def test_a_caller_is_told_only_of_what_is_theirs(world: World) -> None:
    assert set(described_paths(world, "nobody")) == {"/api/v1/", "/api/v1/openapi.json"}
    assert "/api/v1/actions/customers.void/bulk" in described_paths(world, "owner")
