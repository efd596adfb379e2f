"""Files attached to records: received in pieces under a generated name, judged by content, fetched through the record.

The bytes lie in settings.FILES, outside code and static files, and have no address of their own. Whoever may see the
record may fetch its files, asked anew at every download; whoever may edit it may attach and remove.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, Protocol

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import Outcome, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, WRITE, demand_sight, may, row_for
from genjin.kernel.field_files import HELD
from genjin.kernel.fields import Access, Field, FieldError, Number, Text
from genjin.kernel.fields.own_files import OwnFiles
from genjin.kernel.file_kinds import KINDS, Kind, check_file
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.files import File
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.recording import record
from genjin.kernel.records import RECORD_TYPES, type_of
from genjin.kernel.refusal import Forbidden, NotFound, Refused

FOLDER = "attachments"
MOST_PER_RECORD = 200
MOST_HELD = 100
KEPT_AFTER_REMOVAL = timedelta(days=30)
KEPT_WITHOUT_ROW = timedelta(days=1)
KEPT_HELD = timedelta(days=7)

declare_grants(gettext_lazy("附件"), ("files.use", gettext_lazy("上传与删除附件")), scoped=False)


class Upload(Protocol):
    """A file as Django receives it."""

    name: str | None

    @property
    def size(self) -> int | None:
        """As announced."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """The content, piece by piece."""
        ...


@dataclass(frozen=True)
class Received:
    """A file that was let in and lies in its place, not yet attached to anything."""

    name: str
    kind: Kind
    size: int
    sha256: str
    stored_as: str

    def __str__(self) -> str:
        """What the idempotency key compares: the same content under the same name is the same request."""
        return f"{self.name}:{self.sha256}"


@dataclass(frozen=True, kw_only=True)
class Attachment(Field):
    """A file as an action's input."""

    kind: ClassVar[str] = "file"

    def parse(self, raw: Any, actor: Actor) -> Received:  # noqa: ARG002 - one signature for all kinds
        """Only what `received` let in."""
        if not isinstance(raw, Received):
            raise FieldError(_("请选择要上传的文件"))
        return raw


class TooLarge(Refused):
    """More than may be sent at once."""

    status = 413

    def __init__(self, most: int) -> None:
        super().__init__("too_large", _("文件太大，最多 %(most)s MB") % {"most": most >> 20}, "upload")


@action("files.attach", on=File, needs="files.use", label=gettext_lazy("上传附件"), icon="paperclip", listed=False)
def attach_file(
    actor: Actor,
    *,
    record_type: Annotated[str, Text(key="record_type", label=gettext_lazy("记录类型"), most=40)],
    record_id: Annotated[int, Number(key="record_id", label=gettext_lazy("记录"))],
    upload: Annotated[Received, Attachment(key="upload", label=gettext_lazy("文件"))],
) -> File:
    """Attach a received file to a record that the actor may edit. Raises NotFound, Forbidden or Refused."""
    parent = _editable(actor, record_type, record_id, lock=True)
    if File.objects.filter(record_id=parent.pk, field="", removed_at=None).count() >= MOST_PER_RECORD:
        raise Refused("too_many_files", _("一条记录最多 %d 个附件，请先删除不用的") % MOST_PER_RECORD, "upload")
    file = _stored(actor, parent.row_type, upload)
    file.record_id = parent.pk
    record(actor, file)
    record(actor, parent, file=file.name)
    return file


@action("files.hold", on=File, needs="files.use", label=gettext_lazy("上传文件"), icon="paperclip", listed=False)
def hold_file(
    actor: Actor,
    *,
    record_type: Annotated[str, Text(key="record_type", label=gettext_lazy("记录类型"), most=40)],
    field: Annotated[str, Text(key="field", label=gettext_lazy("字段"), most=40)],
    upload: Annotated[Received, Attachment(key="upload", label=gettext_lazy("文件"))],
) -> File:
    """Keep a received file for a file field until the record is saved with it; only its sender may use it. Its name is
    told by the record's history to who may know the field, nowhere else. Raises NotFound or Refused."""
    declared = file_field(actor, record_type, field)
    try:
        declared.check_group(upload.kind.group, upload.name)
    except FieldError as error:
        raise Refused("bad_file", str(error), "upload") from None
    if File.objects.filter(record_id=HELD, added_by_id=actor.member_id, removed_at=None).count() >= MOST_HELD:
        raise Refused("too_many_files", _("您上传了太多还没有保存的文件，请先保存"), "upload")
    file = _stored(actor, record_type, upload)
    file.record_id, file.field = HELD, field
    file.unrecorded = file.unrecorded | {"name", "sha256", "stored_as"}  # type: ignore[misc]  # of this row only
    record(actor, file)
    return file


def file_field(actor: Actor, record_type: str, key: str) -> OwnFiles:
    """A file field that the actor may fill in. Raises NotFound."""
    declared = RECORD_TYPES.get(record_type)
    seen = declared.seen_by(actor) if declared else None
    field = seen.own_fields.get(key) if seen else None
    if seen is None or not isinstance(field, OwnFiles) or seen.accesses.get(key) is not Access.EDIT:
        raise NotFound
    return field


def _stored(actor: Actor, record_type: str, upload: Received) -> File:
    return File(
        record_type=record_type,
        name=upload.name,
        kind=upload.kind.key,
        content_type=upload.kind.content_type,
        size=upload.size,
        sha256=upload.sha256,
        stored_as=upload.stored_as,
        added_by_id=actor.member_id,
    )


@action(
    "files.remove",
    on=File,
    needs="files.use",
    label=gettext_lazy("删除附件"),
    icon="trash",
    danger=True,
    confirm=gettext_lazy("删除后其他人也不能再下载这个附件。"),
    listed=False,
)
def remove_file(actor: Actor, file_id: int) -> File:
    """Take a file off a record that the actor may edit. Raises NotFound, Forbidden, Refused for one in a field."""
    file = File.objects.select_for_update().filter(pk=file_id, removed_at=None).first()
    if file is None or not _knows(actor, file):
        raise NotFound
    parent = _editable(actor, file.record_type, file.record_id)
    if file.field:
        raise Refused("in_field", _("这个文件在字段里，请编辑字段来移除"))
    file.removed_at = timezone.now()
    record(actor, file)
    record(actor, parent, file_removed=file.name)
    return file


def attach_upload(actor: Actor, record_type: str, record_id: int, upload: Upload, *, key: str | None = None) -> Outcome:
    """Receive a file and attach it: what surfaces call. The right is asked before a byte is kept. Raises Refused."""
    attach_file.check(actor)
    _editable(actor, record_type, record_id)
    with received(actor, upload) as file:
        raw = {"record_type": record_type, "record_id": record_id, "upload": file}
        outcome = attach_file.run(actor, None, raw, key=key)
        if outcome.replayed:
            path_of(file.stored_as).unlink(missing_ok=True)
    return outcome


def hold_upload(actor: Actor, record_type: str, field: str, upload: Upload) -> File:
    """Receive a file for a file field of a record that is being written. Raises NotFound or Refused."""
    hold_file.check(actor)
    file_field(actor, record_type, field)
    with received(actor, upload) as file:
        return hold_file(actor, record_type=record_type, field=field, upload=file)


@contextmanager
def received(actor: Actor, upload: Upload) -> Iterator[Received]:
    """The upload in its place; taken away again when what follows fails. Raises TooLarge or Refused."""
    _check_quota(actor, upload.size or 0)
    stored_as = f"{FOLDER}/{secrets.token_hex(1)}/{secrets.token_hex(20)}"
    path = path_of(stored_as)
    try:
        size, digest = _write(path, upload)
        checked = check_file(path.read_bytes(), upload.name or "", most_bytes=settings.FILE_MOST_BYTES)
        if checked.kind is None:
            raise Refused("bad_file", checked.reason, "upload")
        yield Received(checked.name, checked.kind, size, digest, stored_as)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def files_of(actor: Actor, row: Record) -> list[File]:
    """The attachments of a record, newest first; not what its fields hold. Raises NotFound when the record is out of
    the actor's sight."""
    demand_sight(actor, row)
    files = File.objects.filter(record_type=row.row_type, record_id=row.pk, field="", removed_at=None)
    return list(files.select_related("added_by").order_by("-id")[:MOST_PER_RECORD])


def file_for(actor: Actor, file_id: int) -> File:
    """A file's one door: the record it belongs to must be in sight now, and the field that holds it; one that waits for
    its record is its sender's. Raises NotFound."""
    file = File.objects.filter(pk=file_id, removed_at=None).first()
    if file is None or not _knows(actor, file):
        raise NotFound
    if file.record_id != HELD:
        parent_of(actor, file)
    elif file.added_by_id is None or file.added_by_id != actor.member_id:
        raise NotFound
    return file


class Usable(NamedTuple):
    """A file that an actor may put into a file field: what the field keeps of it, and its group of kinds."""

    id: int
    name: str
    size: int
    group: str


def usable(actor: Actor, ids: list[int]) -> dict[int, Usable]:
    """{id: file} of those that the actor may know: those he holds, and those of records and fields in his sight. To
    which record they belong is asked when it is saved (`field_files`)."""
    found: dict[int, Usable] = {}
    parents: dict[tuple[str, int], bool] = {}
    for file in File.objects.filter(pk__in=ids, removed_at=None):
        if file.record_id == HELD:
            mine = file.added_by_id is not None and file.added_by_id == actor.member_id
        else:
            place = (file.record_type, file.record_id)
            mine = parents[place] if place in parents else parents.setdefault(place, _in_sight(actor, file))
        if mine and _knows(actor, file):
            kind = KINDS.get(file.kind)
            found[file.pk] = Usable(file.pk, file.name, file.size, kind.group if kind else "")
    return found


def _in_sight(actor: Actor, file: File) -> bool:
    try:
        parent_of(actor, file)
    except NotFound:
        return False
    return True


def _knows(actor: Actor, file: File) -> bool:
    """Whether the actor may know the field that holds a file; of what lies in no field, always."""
    declared = RECORD_TYPES.get(file.record_type)
    if not file.field or declared is None:
        return True
    return isinstance(declared.seen_by(actor).own_fields.get(file.field), OwnFiles)


def parent_of(actor: Actor, file: File) -> Record:
    """The record that a file belongs to. Raises NotFound."""
    return _parent(actor, file.record_type, file.record_id)


def attaches(actor: Actor, row: Record) -> bool:
    """Whether the actor may attach files to a record; for hiding the button."""
    return row.life != Life.VOIDED and actor.may("files.use") and may(actor, row, type_of(row).grant("edit"), WRITE)


def path_of(stored_as: str) -> Path:
    """Where the bytes of a file lie."""
    return Path(settings.FILES) / stored_as


def sweep() -> int:
    """Take away bytes that belong to nothing: removed files after a month, uploads that were never attached."""
    now = timezone.now()
    File.objects.filter(record_id=HELD, removed_at=None, created_at__lt=now - KEPT_HELD).update(removed_at=now)
    gone = File.objects.filter(removed_at__lt=now - KEPT_AFTER_REMOVAL).values_list("stored_as", flat=True)
    swept = [path for path in map(path_of, gone) if path.exists()]
    oldest = (now - KEPT_WITHOUT_ROW).timestamp()
    for folder in (Path(settings.FILES) / FOLDER).glob("*"):
        names = {f"{FOLDER}/{folder.name}/{p.name}": p for p in folder.iterdir() if p.stat().st_mtime < oldest}
        known = set(File.objects.filter(stored_as__in=list(names)).values_list("stored_as", flat=True))
        swept += [path for name, path in names.items() if name not in known]
    for path in swept:
        path.unlink(missing_ok=True)
    return len(swept)


def _parent(actor: Actor, record_type: str, record_id: int, *, lock: bool = False) -> Record:
    declared = RECORD_TYPES.get(record_type)
    if declared is None or not 0 < record_id < 2**63:
        raise NotFound
    return row_for(actor, declared.model, record_id, to=SEE, lock=lock)


def _editable(actor: Actor, record_type: str, record_id: int, *, lock: bool = False) -> Record:
    parent = _parent(actor, record_type, record_id, lock=lock)
    if parent.life == Life.VOIDED:
        raise Refused("voided", _("记录已作废，还原后才能修改附件"))
    if not may(actor, parent, type_of(parent).grant("edit"), WRITE):
        raise Forbidden
    return parent


def _write(path: Path, upload: Upload) -> tuple[int, str]:
    """(size, hash) of what was written. Stops as soon as it is too much."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as out:
        path.chmod(0o600)
        for piece in upload.chunks():
            size += len(piece)
            if size > settings.FILE_MOST_BYTES:
                raise TooLarge(settings.FILE_MOST_BYTES)
            digest.update(piece)
            out.write(piece)
    return size, digest.hexdigest()


def _check_quota(actor: Actor, size: int) -> None:
    if size > settings.FILE_MOST_BYTES:
        raise TooLarge(settings.FILE_MOST_BYTES)
    held = File.objects.filter(added_by_id=actor.member_id, removed_at=None).aggregate(all=Sum("size"))["all"] or 0
    if held + size > settings.FILE_QUOTA_BYTES:
        gigabytes = settings.FILE_QUOTA_BYTES >> 30
        raise Refused("quota", _("您上传的附件已满 %d GB，请先删除不用的，或联系管理员") % gigabytes, "upload")
