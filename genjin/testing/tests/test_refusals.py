"""What is refused changes nothing: foreign rows in path and body, mixed lists, fields that nobody may send
(trust flaws 1, 2, 11). Made from the actions, so that a new one is asked without being named here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from genjin.kernel.actions import ACTIONS, Action
from genjin.kernel.fields import RecordRef
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.surfaces.api.running import path_of
from genjin.surfaces.registry import API, offered
from genjin.testing.doors import ABSENT, row_actions
from genjin.testing.fingerprints import table_fingerprints
from genjin.testing.inputs import filled
from genjin.testing.keeping import kept
from genjin.testing.walking import Answer, Walker, assert_nothing, unlimited
from genjin.testing.world import World, make_world
from genjin.ui.forms.finding import verb_of
from genjin.ui.lists.bulk_edit import common_fields

pytestmark = [pytest.mark.django_db, pytest.mark.long(about=40)]
HOSTILE = {
    "owner_id", "owner", "department_id", "created_by_id", "created_at", "id", "pk", "version", "life", "code",
    "search", "imported", "is_staff", "is_superuser", "administrator", "role", "password", "status", "member",
}  # fmt: skip


made = kept(lambda: make_world("owner", "stranger"))


@pytest.fixture
def world(made: World) -> Iterator[World]:
    with unlimited():
        yield made


def test_writing_a_foreign_row_is_answered_like_an_absent_one_and_changes_nothing(world: World) -> None:
    walkers = {part: Walker(world, part) for part in ("owner", "teammate", "nobody")}
    before, wrong = table_fingerprints(), []
    for record_type in RECORD_TYPES.values():
        foreign = world.id("stranger", record_type.key)
        for action in row_actions(record_type):
            for part, walker in walkers.items():
                for path, sent in writes(world, part, record_type, action):
                    answer = walker.send("POST", path.format(id=foreign), sent)
                    other = walker.send("POST", path.format(id=ABSENT), sent)
                    if answer.status not in {403, 404} or not answer.tells_as(other):
                        wrong.append(f"{answer}, but {other}")
    assert_nothing(wrong + changes(before))


def test_reading_a_row_gives_no_right_to_write_it(world: World) -> None:
    """The teammate's place is read-only."""
    walker = Walker(world, "teammate")
    before, wrong = table_fingerprints(), []
    for record_type in RECORD_TYPES.values():
        row = world.id("owner", record_type.key)
        for action in row_actions(record_type):
            for path, sent in writes(world, "teammate", record_type, action):
                answer = walker.send("POST", path.format(id=row), sent)
                if answer.status not in {403, 404}:
                    wrong.append(str(answer))
    assert_nothing(wrong + changes(before))


def writes(world: World, part: str, record_type: RecordType, action: Action[Any, Any]) -> list[tuple[str, Any]]:
    """[(address with {id}, what to send)] by which an action is reached: the form and the JSON door."""
    actor = world.actor(part)
    known = {**world.ids["owner"], "member": world.cast.manager.pk, "owner": world.cast.manager.pk, "address": 1}
    known["assignee"] = world.cast.manager.pk
    raw = filled(action.inputs(world.actor("administrator")), "owner", actor, known)
    raw.pop("pool", None)  # of others' pools one does not even learn the name
    form = {**raw, "drawn": ",".join(raw)}
    verb = verb_of(record_type, action)
    found: list[tuple[str, Any]] = [(f"/{record_type.plural}/{{id}}/actions/{verb}", form)]
    if offered(API, action):
        found.append((path_of(action), json.dumps(raw | lines(world, action))))
    return found


def lines(world: World, action: Action[Any, Any]) -> dict[str, Any]:
    """What a program sends for inputs of several lines, which forms draw in their own way."""
    asked = {field.key for field in action.inputs(world.actor("administrator"))}
    return {"shares": [{"member": world.cast.manager.pk, "percent": "100"}]} if "shares" in asked else {}


def changes(before: dict[str, tuple[int, str]]) -> list[str]:
    """The tables that differ from before."""
    after = table_fingerprints()
    return [f"{table} changed" for table in after if before[table] != after[table]]


def test_a_list_with_a_foreign_row_changes_nothing(world: World) -> None:
    owner = Walker(world, "owner")
    before, wrong = table_fingerprints(), []
    for record_type in RECORD_TYPES.values():
        own, foreign = world.id("owner", record_type.key), world.id("stranger", record_type.key)
        for action in (a for a in row_actions(record_type) if a.bulk):
            refused = 404 if owner_may(world, action) else 403
            for bad in (foreign, ABSENT):
                wrong += [str(a) for a in bulk(world, owner, record_type, action, [own, bad]) if a.status != refused]
    assert_nothing(wrong + changes(before))


def owner_may(world: World, action: Action[Any, Any]) -> bool:
    """Whether the owner holds its grant at all; without it he is told so whatever the rows are."""
    return world.actor("owner").may(action.needs)


def bulk(
    world: World, walker: Walker, record_type: RecordType, action: Action[Any, Any], ids: list[int]
) -> list[Answer]:
    """An action on many rows through the list page and the JSON door."""
    known = {**world.ids["owner"], "member": world.cast.manager.pk, "owner": world.cast.manager.pk}
    known["assignee"] = world.cast.manager.pk
    raw = filled(action.inputs(world.actor("owner")), "owner", world.actor("owner"), known)
    raw.pop("pool", None)
    form = {**raw, "drawn": ",".join(raw), "ids": [str(i) for i in ids]}
    owner = world.actor("owner")
    common = common_fields(owner, record_type, action.inputs(owner))
    form["field"] = next((f.key for f in common if raw.get(f.key)), "")
    page = walker.send("POST", f"/{record_type.plural}/bulk/{verb_of(record_type, action)}", form)
    body = json.dumps({"ids": ids, "input": raw})
    return [page, walker.send("POST", f"/api/v1/actions/{action.name}/bulk", body)]


def unnumbered(answer: Answer, ids: tuple[int, int]) -> str:
    """What an answer says without either number: a small id may stand for something else on the page as well."""
    return re.sub(rf"\b({ids[0]}|{ids[1]})\b", "#", answer.same()[2])


def test_pointing_at_a_foreign_record_is_answered_like_pointing_at_none(world: World) -> None:
    """Every field and input that names a record."""
    owner, actor = Walker(world, "owner"), world.actor("owner")
    before, wrong, asked = table_fingerprints(), [], 0
    for action in ACTIONS.values():
        for field in action.inputs(actor):
            if not isinstance(field, RecordRef) or not offered(API, action) or not actor.may(action.needs):
                continue
            raw = filled(action.inputs(actor), "owner", actor, world.ids["owner"]) | {"name": "另一个名字"}
            raw = {key: value for key, value in raw.items() if key in {f.key for f in action.inputs(actor)}}
            row = world.id("owner", action.record_type.key) if action.record_type and action.takes_row else 0
            answers, both = [], (world.id("stranger", field.to), ABSENT)
            for pointed in both:
                answer = owner.send("POST", path_of(action).format(id=row), json.dumps(raw | {field.key: str(pointed)}))
                answers.append((answer.status, unnumbered(answer, both)))
            asked += 1
            if answers[0] != answers[1] or answers[0][0] != 422:
                wrong.append(f"{action.name} {field.key}: {answers[0][0]} and {answers[1][0]}")
    assert asked >= 6
    assert_nothing(wrong + changes(before))


def test_a_filter_on_a_foreign_record_is_answered_like_one_on_none(world: World) -> None:
    owner, wrong = Walker(world, "owner"), []
    for record_type in RECORD_TYPES.values():
        listed, door = f"/{record_type.plural}", f"/api/v1/{record_type.plural}"
        for field in (f for f in record_type.fields if isinstance(f, RecordRef)):
            for asked in (f"{listed}?f=1&", f"{listed}/count?f=1&", f"{door}?"):
                got = []
                both = (world.id("stranger", field.to), ABSENT)
                for pointed in both:
                    answer = owner.get(f"{asked}{field.key}.in={pointed}")
                    got.append((answer.status, unnumbered(answer, both)))
                wrong += [f"{asked}{field.key}"] if got[0] != got[1] else []
    assert_nothing(wrong)


def test_no_door_takes_what_is_not_declared(world: World) -> None:
    """Mass assignment: undeclared names are refused (JSON) or do not exist (forms), and change nothing."""
    owner, actor = Walker(world, "owner"), world.actor("owner")
    before, wrong = table_fingerprints(), []
    for action in ACTIONS.values():
        if not offered(API, action) or not actor.may(action.needs):
            continue
        row = world.ids["owner"].get(action.record_type.key, 0) if action.record_type else 0
        for name in sorted(HOSTILE - {field.key for field in action.inputs(actor)})[:6]:
            answer = owner.send("POST", path_of(action).format(id=row), json.dumps({name: "1"}))
            if answer.status not in {403, 404, 422}:
                wrong.append(f"{answer} takes {name}")
    assert_nothing(wrong + changes(before))


def test_a_form_keeps_undeclared_values_out(world: World) -> None:
    owner = Walker(world, "owner")
    customer = world.id("owner", "customer")
    model = RECORD_TYPES["customer"].model
    kept = ("owner_id", "department_id", "created_by_id", "code", "life", "id")
    before = model._default_manager.filter(pk=customer).values(*kept).get()
    sent = dict.fromkeys(HOSTILE - {"owner"}, "1") | {"short_name": "新简称"}
    owner.send("POST", f"/customers/{customer}/edit", sent | {"drawn": ",".join(sent), "version": "99"})
    assert model._default_manager.filter(pk=customer).values(*kept).get() == before
