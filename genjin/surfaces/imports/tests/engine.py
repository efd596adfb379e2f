"""Running imports in tests: rows written on the spot, checked and brought in."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from genjin.kernel.actor import Actor
from genjin.surfaces.imports.actions import set_policy
from genjin.surfaces.imports.models import Import
from genjin.surfaces.imports.receiving import upload_file
from genjin.surfaces.imports.tests.files import csv_file
from genjin.surfaces.imports.work import check_import, run_import


def checked(actor: Actor, *rows: list[Any], kind: str = "customers", policy: Mapping[str, Any] | None = None) -> Import:
    """An import of these rows (the first one: headings), checked."""
    batch = upload_file(actor, filename="表.csv", content=BytesIO(csv_file(*rows)), kind=kind)
    if policy:
        set_policy(actor, batch.pk, policy=policy)
    return check_import(actor, batch.pk, waiting=True)


def brought(actor: Actor, *rows: list[Any], kind: str = "customers", policy: Mapping[str, Any] | None = None) -> Import:
    """The same, brought in."""
    return run_import(actor, checked(actor, *rows, kind=kind, policy=policy).pk, waiting=True)
