"""Which files a record's file fields hold: settled whenever the record is saved, by whatever action. A file that comes
in belongs to the record and the field from then on; one that goes out is removed, and is back when it is put back.

Not here: receiving and fetching files (`files`), the field itself (`fields.own_files`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.aliases import INTO, merged_into
from genjin.kernel.fields.own_files import OwnFiles
from genjin.kernel.models.files import File
from genjin.kernel.models.rows import Record
from genjin.kernel.records import type_of
from genjin.kernel.refusal import Invalid
from genjin.kernel.sights import files_in

HELD = 0
"""The record of a file that waits for the form it was uploaded in."""


def settle(actor: Actor, row: Record, creating: bool) -> None:
    """Let the files of a row be as its fields say. Raises Invalid for a file that is not the row's to hold."""
    changed = {} if creating else row.changes()
    if not (row.custom if creating else "custom" in changed):
        return
    before: dict[str, Any] = {} if creating else changed["custom"][0] or {}
    apart = before.get(INTO) if INTO not in row.custom else None
    for field in files_in(type_of(row), actor.stamp):
        old, new = _ids(field, before), _ids(field, row.custom)
        if old != new or (apart and new):
            _Settling(actor, row, field, apart).settle(old, new)


def _ids(field: OwnFiles, custom: dict[str, Any]) -> set[int]:
    return {one["id"] for one in field.loaded(custom.get(field.key))}


@dataclass(frozen=True)
class _Settling:
    """The files of one field of a row. `apart`: the record with which it was one until now."""

    actor: Actor
    row: Record
    field: OwnFiles
    apart: int | None

    def settle(self, old: set[int], new: set[int]) -> None:
        coming = new if self.apart else new - old
        wanted = File.objects.select_for_update().filter(pk__in=coming | (old - new)).order_by("pk")
        files = {file.pk: file for file in wanted}
        for file_id in sorted(coming):
            file = files.get(file_id)
            if file is None or not self.may_take(file):
                raise Invalid({self.field.key: _("「%s」里的文件已经不在了，请移除后重新上传") % self.field.label})
            if file.record_id not in merged_into(self.row):  # those come along with all else of their record
                file.record_id = self.row.pk
            file.field, file.removed_at = self.field.key, None
            file.save(update_fields=["record_id", "field", "removed_at"])
        for file_id in old - new:
            if file_id in files:
                files[file_id].removed_at = timezone.now()
                files[file_id].save(update_fields=["removed_at"])

    def may_take(self, file: File) -> bool:
        """Whether it is a file that the actor holds for such a record, an attachment of the record, or one that the
        field had, here or in a record that has become this one."""
        if file.record_type != self.row.row_type:
            return False
        mine = file.field == self.field.key
        if file.record_id == HELD:
            return mine and file.removed_at is None and file.added_by_id == self.actor.member_id
        here = file.record_id in (self.row.pk, self.apart, *merged_into(self.row))
        return here and (mine or (file.field == "" and file.removed_at is None))
