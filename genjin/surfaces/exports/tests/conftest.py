"""A small company's data to take out, and what runs its jobs."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.tables import Cell, open_book
from genjin.org.models import Role
from genjin.surfaces.exports.actions import JOB, keep_export, start_export
from genjin.surfaces.exports.models import Export
from genjin.surfaces.exports.writing import make_file
from genjin.testing.cast import Cast

NOW = 2**31


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    """Where files are kept, fresh for each test."""
    settings.FILES = str(tmp_path)
    return tmp_path


@pytest.fixture
def run_jobs(db: None) -> Callable[[], JobProgress]:
    """Run the exports in the queue as a worker does; the last one's progress."""

    def run() -> JobProgress:
        for queued in ProcrastinateJob.objects.filter(status="todo", task_name=JOB):
            app.tasks[JOB].func(SimpleNamespace(job=SimpleNamespace(attempts=0)), **queued.args)
        return JobProgress.objects.filter(name=JOB).latest("id")

    return run


def allow(cast: Cast, role_key: str, **grants: str) -> None:
    """Change what a ready-made role may do: `exports_run="all"` allows it with this scope, `-` takes it away."""
    role = Role.objects.get(key=role_key)
    for name, scope in grants.items():
        grant = name.replace("_", ".", 1)
        role.grants.pop(grant, None)
        if scope != "-":
            role.grants[grant] = scope
    role.save()
    bump_stamp()


def export(cast: Cast, part: str = "owner", plural: str = "customers", **asked: Any) -> Export:
    """Take a list out at once as this part."""
    actor = cast.actor(part)
    row = start_export(actor, **start_export.parse(actor, {"record_type": plural, **asked}), at_once=NOW)
    return keep_export(actor, row.pk, made=make_file(actor, row))


def content(files: Path, row: Export) -> bytes:
    """The file's bytes."""
    return (files / row.stored_as).read_bytes()


def table(files: Path, row: Export) -> list[list[Cell]]:
    """The file's rows with its heading, as an import reads them."""
    path = files / row.stored_as
    with open_book(path, path.name) as book:
        return [list(cells) for cells in book.head(book.sheets[0].name).rows]


def text_of(raw: bytes) -> str:
    """A .csv's text."""
    return io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline="").read()
