"""The lints find what they are for, in bad samples, and nothing in the house."""

from __future__ import annotations

import pytest

from tools import no_writes_outside_actions, sizes


def found(path: str, source: str) -> list[str]:
    return [what for _line, what in no_writes_outside_actions.problems_of(path, source)]


def test_writes_in_a_page_are_found() -> None:
    assert found("customers/web.py", "Customer.objects.filter(pk=1).update(name='x')\n") == [
        ".update(): only actions write",
        ".objects: rows come through doors and queries",
    ]
    assert found("surfaces/api/views.py", "row.save()\n") == [".save(): only actions write"]
    assert found("ui/lists/web.py", "connection.cursor()\n") == [".cursor(): no SQL outside queries"]


def test_queries_may_read_but_not_write() -> None:
    assert found("customers/queries.py", "Customer.objects.all()\n") == []
    assert found("customers/queries.py", "Customer.objects.create()\n") == [".create(): only actions write"]


def test_signals_and_save_overrides_are_found_everywhere_in_areas() -> None:
    assert found("customers/actions.py", "from django.db.models.signals import post_save\n")
    assert found("customers/models.py", "class A(Row):\n    def save(self): ...\n")


def test_an_excuse_needs_something_to_excuse() -> None:
    assert found("org/web.py", "Member.objects.all()  # rows: sign-in happens before there is an actor\n") == []
    assert found("org/web.py", "x = 1  # rows: nothing\n") == ["an excuse that excuses nothing"]


@pytest.mark.long
def test_the_house_keeps_its_write_path() -> None:
    assert no_writes_outside_actions.main() == 0


def test_long_things_are_found() -> None:
    body = "\n".join("    x = 1" for _ in range(60))
    assert list(sizes.problems_of("genjin/a.py", f"def f():\n{body}\n"))
    view = "\n".join("    x = 1" for _ in range(16))
    assert list(sizes.problems_of("genjin/web.py", f"@page('x')\ndef f():\n{view}\n"))
    assert list(sizes.problems_of("genjin/a.html", "x\n" * 121))
    assert not list(sizes.problems_of("genjin/ui/static/vendor/a.js", "x\n" * 9999))


@pytest.mark.long
def test_the_house_keeps_its_sizes() -> None:
    assert sizes.main() == 0
