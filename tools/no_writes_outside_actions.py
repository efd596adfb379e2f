"""Lint: only actions write, rows come only through doors (house rules 2, 5, 7, 9). Prints what breaks a rule.

In web, templates' helpers, surfaces and ui: no `.objects`, `_default_manager`, `.save(`, `.delete(`, `.update(` on
querysets, no cursors. Nowhere: model signals, `save()` overrides. In queries: no writes.
A line may be excused by `# rows: reason`; an excuse that excuses nothing is an error as well.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "genjin"
WRITES = {"save", "delete", "update", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SIGNALS = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}
EXCUSE = re.compile(r"#\s*rows:\s*\S+")
# the kernel is what writes; actions, jobs and steps are the write path; demo and testing make data; the command line
# looks after the installation itself, where there is no actor
FREE = re.compile(
    r"^(kernel/|testing/|demo/|surfaces/cli/(doctor|migrate|upgrade|demo|user)\.py|([a-z]+/)+(models|migrations|actions|jobs|changing|effects|sessions|snapshot)(\.py|/)|.*/tests/)"
)
READERS = re.compile(r"^([a-z]+/)+queries(\.py|/)")


def problems_of(path: str, source: str) -> Iterator[tuple[int, str]]:
    """(line, what is wrong) in one file; `path` is relative to the package."""
    lines = source.splitlines()
    used: set[int] = set()
    for number, what in _findings(path, ast.parse(source)):
        if EXCUSE.search(lines[number - 1]):
            used.add(number)
        else:
            yield number, what
    for number, line in enumerate(lines, 1):
        if EXCUSE.search(line) and number not in used:
            yield number, "an excuse that excuses nothing"


def _findings(path: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    free, reader = bool(FREE.match(path)), bool(READERS.match(path))
    for node in ast.walk(tree):
        yield from _hidden_effects(path, node)
        if free or not isinstance(node, ast.Attribute):
            continue
        if node.attr in MANAGERS and not reader:
            yield node.lineno, f".{node.attr}: rows come through doors and queries"
        if node.attr == "cursor" and not reader:
            yield node.lineno, ".cursor(): no SQL outside queries"
        if node.attr in WRITES and _on_rows(node):
            yield node.lineno, f".{node.attr}(): only actions write"


def _hidden_effects(path: str, node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db.models.signals"):
        for name in node.names:
            if name.name in SIGNALS:
                yield node.lineno, f"model signal {name.name}: effects follow from events"
    if isinstance(node, ast.ClassDef) and not path.startswith("kernel/"):
        for item in node.body:
            if isinstance(item, ast.FunctionDef) and item.name in {"save", "delete"}:
                yield item.lineno, f"{node.name}.{item.name}() overrides the write path"


def _on_rows(node: ast.Attribute) -> bool:
    """Whether the attribute is reached through a manager (Model.objects.filter().update) or is a bare row.save()."""
    inner: ast.AST = node.value
    while isinstance(inner, ast.Call | ast.Attribute):
        if isinstance(inner, ast.Attribute) and inner.attr in MANAGERS:
            return True
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return node.attr == "save"


def main() -> int:
    """Check the package; 1 when something breaks a rule."""
    bad = 0
    for file in sorted(ROOT.rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        for number, what in problems_of(path, file.read_text(encoding="utf-8")):
            print(f"genjin/{path}:{number}: {what}")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
