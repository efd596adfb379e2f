"""How tests are shared out to the processes of one run: file by file, so that what a file makes is made once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadScopeScheduling

TOGETHER = "walk: Walk"
"""Files whose tests take this share one walk through all pages, so they go to one process."""
APART = "[share "
"""Tests whose parameter begins so make nothing that another one needs: each may go to any process."""


class ByFile(LoadScopeScheduling):
    """A whole file to each process that has room, in the order in which they were found (the longest first)."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """What goes to one process together with this test."""
    file = nodeid.partition("::")[0]
    if APART in nodeid:
        return nodeid
    return TOGETHER if file in _walking() else file


@cache
def _walking() -> frozenset[str]:
    root = Path(__file__).resolve().parent.parent.parent
    tests = (root / "genjin" / "testing" / "tests").glob("test_*.py")
    return frozenset(str(path.relative_to(root)) for path in tests if TOGETHER in path.read_text())


def pytest_xdist_make_scheduler(config: Any, log: Any) -> ByFile | None:
    """With `--dist loadscope`."""
    return ByFile(config, log) if config.getvalue("dist") == "loadscope" else None
