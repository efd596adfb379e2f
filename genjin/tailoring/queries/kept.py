"""The values of deleted fields that are kept in files for a while: which there are, and who may fetch them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Access
from genjin.kernel.files import path_of
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.queries.keeping import FOLDER

KEPT = timedelta(days=180)


@dataclass(frozen=True)
class KeptValues:
    """A file with the values of one deleted field."""

    field_id: int
    record_type: str
    key: str
    label: str
    kind: str
    at: datetime
    size: int
    path: Path

    @property
    def until(self) -> datetime:
        """When it is taken away."""
        return self.at + KEPT


def kept_values(actor: Actor, record_type: RecordType) -> list[KeptValues]:
    """The files of a type's deleted fields, the newest first. Raises Forbidden."""
    actor.demand(MANAGE)
    found = [each for path in _files() if (each := _read(path)) and each.record_type == record_type.key]
    there = set(OwnField.objects.filter(pk__in=[each.field_id for each in found]).values_list("pk", flat=True))
    return sorted((each for each in found if each.field_id not in there), key=lambda each: each.at, reverse=True)


def may_fetch(actor: Actor, kept: KeptValues) -> bool:
    """The file holds the values of all records: only who sees them all, and saw the field, may have it."""
    scope = actor.grants.get(RECORD_TYPES[kept.record_type].grant("see"))
    right = dict(actor.rights).get(f"{kept.record_type}.{kept.key}", Access.READ)
    return scope is not None and scope.everything and right not in (Access.HIDDEN, Access.MASKED)


def expired() -> list[Path]:
    """Files that are kept no longer."""
    oldest = (timezone.now() - KEPT).timestamp()
    return [path for path in _files() if path.stat().st_mtime < oldest]


def _files() -> list[Path]:
    return list(path_of(FOLDER).glob("*-*-*.jsonl"))


def _read(path: Path) -> KeptValues | None:
    number, record_type, key = path.stem.split("-", 2)
    if not number.isdecimal() or record_type not in RECORD_TYPES:
        return None
    with path.open(encoding="utf-8") as lines:
        try:
            definition = json.loads(lines.readline())
        except ValueError:
            return None
    about = path.stat()
    at = datetime.fromtimestamp(about.st_mtime, UTC)
    label, kind = str(definition.get("label", key)), str(definition.get("kind", ""))
    return KeptValues(int(number), record_type, key, label, kind, at, about.st_size, path)
