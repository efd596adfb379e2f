"""Every action is reachable through the pages as well, or stands in NOT_ON["web"] with a reason (house rule 13)."""

from __future__ import annotations

import ast
from pathlib import Path

from genjin.areas import PACKAGE
from genjin.kernel.actions import ACTIONS
from genjin.surfaces.registry import NOT_ON, WEB


def pages() -> list[Path]:
    """The modules that serve pages, and the generic forms and lists they use."""
    found = [*PACKAGE.rglob("web.py"), *PACKAGE.rglob("web/*.py"), *(PACKAGE / "ui").rglob("*.py")]
    found.append(PACKAGE / "kernel" / "files.py")  # takes an upload from any page and runs its action
    found.append(PACKAGE / "surfaces" / "imports" / "receiving.py")  # the same for files to import
    return [path for path in found if "tests" not in path.parts]


def named_in_pages() -> set[str]:
    """Every name that a page's module imports or uses, and its texts (actions are also named by their address)."""
    names: set[str] = set()
    for path in pages():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names.update(alias.name for alias in node.names)
            if isinstance(node, ast.Attribute):
                names.add(node.attr)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
    return names


def test_every_action_is_on_the_pages_or_says_why_not() -> None:
    named = named_in_pages()
    unreachable = {
        action.name
        for action in ACTIONS.values()
        if action.record_type is None and not {action.name, action.function.__name__} & named
    }
    assert unreachable == set(NOT_ON[WEB])
    assert all(NOT_ON[WEB].values())
