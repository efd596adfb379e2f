"""Attachments on pages: the card beside a record, upload, download, removal; files of forms that are not saved yet."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.kernel.doors import SEE, row_for
from genjin.kernel.fields.own_files import ids_of
from genjin.kernel.file_names import content_disposition
from genjin.kernel.files import (
    TooLarge,
    attach_upload,
    attaches,
    file_field,
    file_for,
    files_of,
    hold_upload,
    parent_of,
    path_of,
    remove_file,
    usable,
)
from genjin.kernel.models.files import File
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType, type_of
from genjin.kernel.refusal import Invalid, NotFound, Refused
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_card
from genjin.ui.pages import PageRequest, fragment, go, page, render, wants_fragment, with_event, with_toast

SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


@page("<plural:record_type>/<int:row_id>/files", name="record-files", methods=["GET", "POST"])
def record_files(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """The card of a record's files; POST attaches one."""
    row = row_for(request.actor, record_type.model, row_id, to=SEE)
    if request.method == "GET":
        return fragment(request, "attachments/card.html", **_card(request, row))
    try:
        attach_upload(request.actor, record_type.key, row_id, _upload(request), key=_key(request))
    except Refused as refusal:
        if refusal.status not in {Refused.status, TooLarge.status}:
            raise
        return _refused(request, row, refusal)
    return _done(request, row, _("附件已上传"))


def _upload(request: PageRequest) -> UploadedFile[Any]:
    upload = request.FILES.get("upload")
    if upload is None:
        raise Invalid({"upload": _("请选择要上传的文件")})
    return upload


def _key(request: PageRequest) -> str | None:
    return request.POST.get("idempotency_key", "")[:100] or None


@page("files/<int:file_id>", name="file")
def download(request: PageRequest, file_id: int) -> HttpResponse:
    """A file's bytes, never shown as a page."""
    return file_answer(file_for(request.actor, file_id))


@page("files/<int:file_id>/removal", name="file-removal", methods=["POST"])
def removal(request: PageRequest, file_id: int) -> HttpResponse:
    """Take a file off its record."""
    row = parent_of(request.actor, file_for(request.actor, file_id))
    remove_file.run(request.actor, file_id, {})
    return _done(request, row, _("附件已删除"))


@page("<plural:record_type>/held-files/<str:key>", name="held-files", methods=["GET", "POST"])
def held_files(request: PageRequest, record_type: RecordType, key: str) -> HttpResponse:
    """POST keeps a file for a file field and answers its line; GET answers the lines of `ids` again, for a draft."""
    actor = request.actor
    field = file_field(actor, record_type.key, key)
    if request.method == "GET":
        ids = (ids_of(request.GET.get("ids", "")[:1000]) or [])[: field.most]
        known = usable(actor, ids)
        return fragment(request, "attachments/held.html", name=key, held=[known[one] for one in ids if one in known])
    try:
        made = hold_upload(actor, record_type.key, key, _upload(request))
    except Refused as refusal:
        if refusal.status not in {Refused.status, TooLarge.status}:
            raise
        error = refusal.errors.get("upload") or refusal.message
        return fragment(request, "attachments/unheld.html", status=refusal.status, error=error)
    return fragment(request, "attachments/held.html", name=key, held=[made])


def file_answer(file: File) -> HttpResponse:
    """The answer that offers a file for saving. Raises NotFound when its bytes are gone."""
    path = path_of(file.stored_as)
    if not path.is_file():
        raise NotFound
    answer: Any = FileResponse(path.open("rb"), content_type=file.content_type)
    answer.headers["Content-Disposition"] = content_disposition(file.name)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    found: HttpResponse = answer
    return found


def files_card(request: PageRequest, row: Record) -> Drawn | None:
    """The card beside a record; none where nothing is and nothing may be attached."""
    shown = _card(request, row)
    return Drawn("attachments/card.html", shown) if shown["files"] or shown["attaches"] else None


@dataclass(frozen=True)
class Line:
    """A file as the card shows it."""

    name: str
    size: int
    who: str
    at: datetime
    href: str
    removal: str


def _card(request: PageRequest, row: Record) -> dict[str, Any]:
    return {
        "files": [_line(file) for file in files_of(request.actor, row)],
        "attaches": attaches(request.actor, row),
        "files_url": f"{record_url(type_of(row), row.pk)}/files",
        "files_key": uuid.uuid4().hex,
        "files_error": "",
    }


def _line(file: File) -> Line:
    who = file.added_by.name if file.added_by else _("系统")
    href = reverse("file", args=[file.pk])
    return Line(file.name, file.size, who, file.created_at, href, reverse("file-removal", args=[file.pk]))


def _refused(request: PageRequest, row: Record, refusal: Refused) -> HttpResponse:
    shown = _card(request, row) | {"files_error": refusal.message}
    if wants_fragment(request):
        answer = fragment(request, "attachments/card.html", status=refusal.status, **shown)
        return with_toast(answer, refusal.message, tone="bad") if refusal.status == TooLarge.status else answer
    place = record_url(type_of(row), row.pk)
    return render(request, "attachments/page.html", status=refusal.status, back=place, **shown)


def _done(request: PageRequest, row: Record, words: str) -> HttpResponse:
    if wants_fragment(request):
        answer = fragment(request, "attachments/card.html", **_card(request, row))
        return with_toast(with_event(answer, "files:changed"), words)
    return go(request, record_url(type_of(row), row.pk), words)


for _type in RECORD_TYPES.values():
    register_card(_type.key, "files", files_card, order=80)
