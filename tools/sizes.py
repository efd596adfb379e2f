"""Lint: sizes of files, functions and templates (house rule 17). Limits are raised per path only, with a reason."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE, TEST_FILE, FUNCTION, TEMPLATE, VIEW, SCRIPT, STYLE = 400, 500, 50, 120, 15, 400, 1000
# path: (limit, reason); a limit that is no longer needed is an error
RAISED: dict[str, tuple[int, str]] = {}


def limit_of(path: str) -> int | None:
    """How many lines a file may have; None when it is not ours to limit."""
    if "/migrations/" in path or "/vendor/" in path or "/_static/" in path:
        return None
    if path in RAISED:
        return RAISED[path][0]
    if path.endswith(".py"):
        return TEST_FILE if "/tests/" in path else FILE
    return {".html": TEMPLATE, ".js": SCRIPT, ".css": STYLE}.get(Path(path).suffix)


def problems_of(path: str, source: str) -> Iterator[str]:
    """What is too long in one file."""
    limit = limit_of(path)
    if limit is None:
        return
    count = source.count("\n")
    if count > limit:
        yield f"{path}: {count} lines, at most {limit}"
    if path in RAISED and count <= (limit_of_kind(path)):
        yield f"{path}: the raised limit is no longer needed"
    if path.endswith(".py"):
        yield from _functions(path, source)


def limit_of_kind(path: str) -> int:
    """The limit without exceptions."""
    if path.endswith(".py"):
        return TEST_FILE if "/tests/" in path else FILE
    return {".html": TEMPLATE, ".js": SCRIPT, ".css": STYLE}[Path(path).suffix]


def _functions(path: str, source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        doc = ast.get_docstring(node, clean=False)
        body = length - (doc.count("\n") + 1 if doc else 0)
        is_view = any(_name(d) == "page" for d in node.decorator_list)
        limit = VIEW if is_view else FUNCTION
        if body > limit:
            yield f"{path}:{node.lineno}: {node.name}() has {body} lines, at most {limit}"


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def main() -> int:
    """Check all our files; 1 when something is too long."""
    bad = 0
    for folder in ("genjin", "tools", "bench"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {".py", ".html", ".js", ".css"}:
                for problem in problems_of(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")):
                    print(problem)
                    bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
