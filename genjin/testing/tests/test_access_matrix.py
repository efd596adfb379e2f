"""The access matrix: cast × whose record × right over a field × every door (trust flaws 1, 4, 5; B5, S0-29).

Made from the registries: each limitable field of each type holds a word of its own; every address is asked by those who
may see the records while their roles hide, then mask, all these fields. A new door is asked without being named here.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.db import transaction

from genjin.kernel import frequencies
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Access, Field
from genjin.kernel.fields.texts import CreditCode
from genjin.kernel.models import OwnField
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import set_search
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.sights import can_be_limited
from genjin.kernel.stamps import bump_stamp, current_stamp
from genjin.kernel.working_out import work_out
from genjin.org.models import Role
from genjin.testing.doors import ABSENT, Address
from genjin.testing.fingerprints import table_fingerprints
from genjin.testing.inputs import credit_code, mark, phone
from genjin.testing.tests.conftest import places
from genjin.testing.walking import Answer, Walker, assert_nothing, unlimited
from genjin.testing.world import OWNERS, World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow(about=110)]

PLAIN = {"text", "longtext", "email", "url", "phone", "files"}
LIMITED = ("owner", "teammate", "manager", "stranger")
"""Who sees records through a role: by owning, by a place in the team, as a superior; and who sees only his own."""
NOBODYS = "nofield"
OWN_KINDS = ("text", "phone", "file", "formula")
FORMULA = '连接({x_text}, "……", {x_text})'
SPARED = {"name", "content", "subject", "next_step"}
"""What titles are made of stays (the next step of a follow-up becomes the subject of a plan); all else is limited."""
FORMS = {"edit", "new", "fact"}
LONGEST = 80
"""So long at most is what tells a value."""
ONCE = re.compile(r'(name="keep" value=")\w+')


@dataclass
class Matrix:
    """What each got at every address under each right: {(part, right): {path: answer}}."""

    world: World
    fields: dict[str, list[Field]]
    answers: dict[tuple[str, str], dict[str, tuple[Address, Answer]]] = field(default_factory=dict)
    other: dict[str, tuple[Address, Answer]] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    @property
    def probes(self) -> int:
        """How many answers were looked through."""
        return sum(len(answers) for answers in self.answers.values()) + len(self.other)


@pytest.fixture(scope="module")
def matrix(django_db_setup: None, django_db_blocker: Any) -> Matrix:
    """The matrix. Time stands still in it; everything is rolled back at its end."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    with django_db_blocker.unblock(), time_machine.travel(now, tick=False), transaction.atomic(), unlimited():
        logging.disable(logging.WARNING)
        try:
            return _matrix()
        finally:
            logging.disable(logging.NOTSET)
            transaction.set_rollback(True)


def _matrix() -> Matrix:
    """The owner asks everywhere; whoever else may see his records asks where they, or no records, are named."""
    frequencies.forget()
    _own_fields()
    world = make_world()
    limited = {t.key: _limitable(world, t) for t in RECORD_TYPES.values()}
    made, everywhere = Matrix(world, limited), places(world, OWNERS)
    where = [(at, path) for at, path in everywhere if at.belongs in ("", "owner")]
    walkers = {part: Walker(world, part) for part in LIMITED}
    made.answers["owner", "edit"] = _walk(walkers["owner"], where)
    for right, asked in ((Access.HIDDEN, where), (Access.MASKED, where), (Access.READ, _forms_and_files(where))):
        with limits(limited, right):
            for part, walker in walkers.items():
                whole = (part, right) == ("owner", Access.HIDDEN)
                made.answers[part, str(right)] = _walk(walker, everywhere if whole else asked)
    with limits(limited, Access.HIDDEN):
        made.writes = _writes(world, walkers["owner"], limited)
        _say_otherwise(world, limited)
        made.other = _walk(walkers["owner"], places(world, ("owner",)))
    return made


def _forms_and_files(where: list[tuple[Address, str]]) -> list[tuple[Address, str]]:
    """Reading is no less than usual: what may only be read is told apart by what asks for values."""
    return [(at, path) for at, path in where if at.door.name in FORMS or "file_id" in at.chosen]


def _limitable(world: World, record_type: RecordType) -> list[Field]:
    """The fields with a text of their own in the owner's record."""
    row = record_type.model._default_manager.get(pk=world.id("owner", record_type.key))
    seen = record_type.visible_fields(world.actor("owner"))
    return [f for f in seen if _fits(record_type, f) and get_value(row, f)]


def _own_fields() -> None:
    """A text, a phone, files, and a formula that tells the text in every type. The roles never name the formula."""
    for place, record_type in enumerate(RECORD_TYPES.values()):
        for kind in OWN_KINDS:
            OwnField(
                id=7_000_000 + place * 10 + OWN_KINDS.index(kind), record_type=record_type.key, key=f"x_{kind}",
                kind=kind, label=f"自有{kind}", section=record_type.sections[0].key if record_type.sections else "",
                in_list=True, searched=kind in ("text", "phone"),
                facts={"formula": FORMULA, "result": "text"} if kind == "formula" else {},
            ).save(force_insert=True)  # fmt: skip
    bump_stamp()


def _fits(record_type: RecordType, f: Field) -> bool:
    return f.kind in PLAIN and f.editable and f.key not in SPARED and can_be_limited(record_type, f.key)


@contextmanager
def limits(limited: dict[str, list[Field]], right: Access) -> Iterator[None]:
    """All roles allow no more than `right` over these fields."""
    for role in Role.objects.all():
        role.fields = {f"{key}.{f.key}": str(right) for key, fields in limited.items() for f in fields}
        role.save(update_fields=["fields"])
    bump_stamp()
    try:
        yield
    finally:
        Role.objects.update(fields={})
        bump_stamp()


def _walk(walker: Walker, where: list[tuple[Address, str]]) -> dict[str, tuple[Address, Answer]]:
    return {path: (address, walker.get(path)) for address, path in where}


def canaries(f: Field, right: str) -> list[str]:
    """What tells the value of a field: all of it where it is hidden, more than its masked form where it is masked."""
    if isinstance(f, CreditCode):
        return [credit_code("owner")]
    if f.kind == "phone":
        whole = phone("owner")
        return [whole] if right == "masked" else [whole, whole[-4:] + "<", whole[:3] + "****"]
    return (
        [f"{mark('owner')} {f.key}"] if f.kind not in ("email", "url") else [f"{mark('owner')}@", f"//{mark('owner')}."]
    )


def _say_otherwise(world: World, limited: dict[str, list[Field]]) -> None:
    """Other values in the hidden fields, without an event: nothing else of the records changes."""
    for key, fields in limited.items():
        model = RECORD_TYPES[key].model
        row = model._default_manager.get(pk=world.id("owner", key))
        for f in fields:
            value: Any = "13977776666" if f.kind == "phone" else f"别的 {f.key}"
            if f.kind == "files":
                value = [{"id": 1, "name": "别的.txt", "size": 3}]
            if f.own:
                row.custom[f.key] = value
            else:
                setattr(row, f.attribute, value)
        _saved(row, RECORD_TYPES[key])


def _saved(row: Record, record_type: RecordType) -> None:
    if record_type.derive:
        record_type.derive(row)
    set_search(row, record_type)
    work_out(row, record_type, current_stamp())
    columns = [c for c in row._meta.concrete_fields if c.attname not in ("id", "version", "updated_at")]
    row.save(update_fields=[c.name for c in columns])


def _writes(world: World, walker: Walker, limited: dict[str, list[Field]]) -> list[str]:
    """What a hidden field answers to writing, filtering and sorting must be what no field answers; nothing changes."""
    before, wrong = table_fingerprints(), []
    for key, fields in limited.items():
        plural, row = RECORD_TYPES[key].plural, world.id("owner", key)
        for f in fields:
            for template in (
                f"/{plural}?f=1&{{key}}.contains=a", f"/{plural}?f=1&sort={{key}}", f"/{plural}/{row}/facts/{{key}}",
                f"/api/v1/{plural}?{{key}}.is=a", f"/api/v1/{plural}?sort={{key}}", f"/api/v1/{plural}?fields={{key}}",
                f"/choices/{plural}/{{key}}",
            ):  # fmt: skip
                mine, none = walker.get(template.format(key=f.key)), walker.get(template.format(key=NOBODYS))
                if _unnamed(mine, f.key) != _unnamed(none, f.key):
                    wrong.append(f"{mine}, but {none}")
            wrong += _files_asked(world, walker, key, f)
            path = f"/api/v1/{plural}/{row}"
            for name in (f.key, NOBODYS):
                answer = walker.send("PATCH", path, json.dumps({name: "a"}))
                if answer.status not in {403, 404, 405, 422}:
                    wrong.append(f"{answer} takes {name}")
            walker.send("POST", f"/{plural}/{row}/edit", {f.key: "a", "drawn": f.key, "version": "99"})
    after = table_fingerprints()
    return wrong + [f"{table} changed" for table in after if before[table] != after[table]]


def _files_asked(world: World, walker: Walker, key: str, f: Field) -> list[str]:
    """A file in a hidden field answers like no file: fetched, taken off, put into a form that asks for files."""
    if f.kind != "files":
        return []
    file_id, wrong = world.ids["owner"][f"held {key}.{f.key}"], []
    for path in ("/files/{id}", "/api/v1/files/{id}", f"/{RECORD_TYPES[key].plural}/held-files/{f.key}?ids={{id}}"):
        mine, none = walker.get(path.format(id=file_id)), walker.get(path.format(id=ABSENT))
        told = [re.sub(rf"\b({file_id}|{ABSENT})\b", "·", str(answer.same())) for answer in (mine, none)]
        wrong += [f"{mine}, but {none}"] if told[0] != told[1] else []
    mine, none = (walker.send("POST", f"/files/{one}/removal") for one in (file_id, ABSENT))
    return wrong + ([f"{mine}, but {none}"] if mine.status != none.status else [])


def _unnamed(answer: Answer, key: str) -> str:
    return re.sub(rf"\b({key}|{NOBODYS})\b", "·", str(answer.same()))


@pytest.mark.parametrize("right", ["hidden", "masked"])
def test_no_door_tells_a_hidden_value_or_more_than_the_mask_of_a_masked_one(matrix: Matrix, right: str) -> None:
    found = []
    for (_part, under), answers in matrix.answers.items():
        if under != right:
            continue
        words = {
            word: f"{key}.{f.key}"
            for key, fields in matrix.fields.items()
            for f in fields
            for word in canaries(f, right)
        }
        assert max(map(len, words)) <= LONGEST
        for _address, answer in answers.values():
            found += [f"{answer} tells {words[word]} ({word})" for word in met(answer, words)]
    assert_nothing(sorted(set(found)))


def met(answer: Answer, words: Iterable[str]) -> list[str]:
    """Those of the words that it tells. Most of them begin with the owner's mark, so only what follows that is looked
    at for them."""
    told, begins = answer.body + str(answer.headers), mark("owner")
    after = {told[at.start() : at.start() + LONGEST] for at in re.finditer(begins, told)}
    return [
        word
        for word in words
        if (any(each.startswith(word) for each in after) if word.startswith(begins) else word in told)
    ]


def test_the_values_are_where_the_matrix_looks(matrix: Matrix) -> None:
    """Without limits the owner meets the word of every field at some door."""
    told = "\n".join(answer.body for _address, answer in matrix.answers["owner", "edit"].values())
    missing = [
        f"{key}.{f.key}"
        for key, fields in matrix.fields.items()
        for f in fields
        if not any(word in told for word in canaries(f, "masked"))
    ]
    assert_nothing(missing)
    assert sum(len(fields) for fields in matrix.fields.values()) >= 25


def test_formulas_over_hidden_and_masked_fields_are_met_by_nobody_who_may_not_know_them(matrix: Matrix) -> None:
    """What `no door tells a hidden value` looks for stands in the formulas too; without limits it is met there."""
    told = f"{mark('owner')} x_text……{mark('owner')} x_text"
    assert any(told in answer.body for _address, answer in matrix.answers["owner", "edit"].values())
    for (_part, right), answers in matrix.answers.items():
        met = [str(answer) for _address, answer in answers.values() if "……" + mark("owner") in answer.body]
        assert right in ("edit", "read") or met == []


def test_files_in_hidden_and_masked_fields_are_fetched_by_nobody(matrix: Matrix) -> None:
    ids = {row_id for kind, row_id in matrix.world.ids["owner"].items() if kind.startswith("held ")}
    assert len(ids) > 3
    for (part, right), answers in matrix.answers.items():
        files = [(at.chosen["file_id"], answer) for at, answer in answers.values() if "file_id" in at.chosen]
        fetched = {file_id for file_id, answer in files if answer.status == 200}
        assert bool(ids & fetched) == (right in ("edit", "read") and part != "stranger"), (part, right)


def test_masked_values_are_met_in_their_masked_form(matrix: Matrix) -> None:
    masked = "\n".join(answer.body for _address, answer in matrix.answers["owner", "masked"].values())
    assert f"{phone('owner')[:3]}****{phone('owner')[-4:]}" in masked


def test_another_hidden_value_changes_no_byte(matrix: Matrix) -> None:
    """Metamorphic: pages, lists, counts, searches, facts, ETags, drop-downs."""
    found = []
    for path, (_address, after) in matrix.other.items():
        before = matrix.answers["owner", "hidden"][path][1]
        if not before.tells_as(after, but=ONCE):
            found.append(f"{after}: {_difference(before, after)}")
    assert_nothing(found)


def _difference(before: Answer, after: Answer) -> str:
    one, other = before.same()[2], after.same()[2]
    place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return re.sub(
        r"\s+", " ", f"…{one[max(0, place - 60) : place + 60]}… became …{other[max(0, place - 20) : place + 60]}…"
    )


def test_a_hidden_field_answers_writes_filters_and_order_like_no_field(matrix: Matrix) -> None:
    assert_nothing(matrix.writes)


def test_what_may_only_be_read_stands_in_no_form(matrix: Matrix) -> None:
    found = []
    for (_part, right), answers in matrix.answers.items():
        for address, answer in answers.values():
            if right != "edit" and address.door.name in FORMS and address.record_type is not None:
                keys = [f.key for f in matrix.fields[address.record_type.key] if f' name="{f.key}"' in answer.body]
                found += [f"{answer} under {right} asks for {key}" for key in keys]
    assert_nothing(found)


def test_enough_was_asked(matrix: Matrix) -> None:
    assert matrix.probes > 10_000
