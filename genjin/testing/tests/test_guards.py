"""Guards over the registries: every action refuses without its grant, every state table is complete."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.management import call_command

from genjin.kernel.actions import ACTIONS
from genjin.kernel.grants import GRANTS
from genjin.kernel.moves import TABLES
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Forbidden, Refused
from genjin.testing.cast import Cast

Unchanged = Callable[[], AbstractContextManager[None]]


def test_every_action_refuses_without_its_grant(cast: Cast, unchanged: Unchanged) -> None:
    assert len(ACTIONS) > 20
    nobody = cast.actor("nobody")
    with unchanged():
        for action in ACTIONS.values():
            with pytest.raises(Forbidden):
                action.run(nobody, 1 if action.takes_row else None, {})


def test_every_action_needs_a_declared_grant() -> None:
    assert {a.name: a.needs for a in ACTIONS.values() if a.needs not in GRANTS} == {}


def test_migrations_make_the_tables_that_the_models_say(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_action_explains_itself() -> None:
    for action in ACTIONS.values():
        assert str(action.label) != action.name, action.name
        assert (action.__doc__ or "").strip(), action.name


def test_every_field_and_action_input_has_words() -> None:
    for record_type in RECORD_TYPES.values():
        for field in record_type.fields:
            assert str(field.label), (record_type.key, field.key)
            assert field.section in {s.key for s in record_type.sections}, (record_type.key, field.key)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_moves_complete(name: str) -> None:
    table = TABLES[name]

    class Row:
        pass

    for before, after in itertools.product(table.states, repeat=2):
        row = Row()
        setattr(row, table.attribute, before)
        if table.allows(before, after):
            table.move(row, after)
            assert getattr(row, table.attribute) == after
        else:
            with pytest.raises(Refused):
                table.move(row, after)
            assert getattr(row, table.attribute) == before
