"""Files of records through the JSON door: listed, attached (multipart/form-data, field `upload`), fetched."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.files import attach_upload, file_for, files_of
from genjin.kernel.models.files import File
from genjin.surfaces.api.bodies import LARGEST_ID, parameters, read_key
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer
from genjin.surfaces.api.records import BASE, row_named, type_named
from genjin.surfaces.attachments.web import file_answer


@endpoint("GET", "POST")
def files(request: ApiRequest, plural: str, row_id: int) -> HttpResponse:
    """The files of a record; POST attaches one."""
    parameters(request, ())
    row = row_named(request.actor, type_named(plural, request.actor), row_id)
    if request.method != "POST":
        return answer({"items": [_shown(file) for file in files_of(request.actor, row)]})
    if request.content_type != "multipart/form-data":
        raise Problem(415, "unsupported_media_type", _("请以 multipart/form-data 发送，文件放在 upload 中"))
    upload = request.FILES.get("upload")
    if upload is None or len(request.FILES) + len(request.POST) > 1:
        raise Problem(400, "bad_body", _("请只发送一个文件，放在 upload 中"), "upload")
    outcome = attach_upload(request.actor, row.row_type, row.pk, upload, key=read_key(request))
    made = {"id": outcome.row_id, "event": outcome.event_id, "replayed": outcome.replayed}
    return answer(made | {"href": f"{BASE}/files/{outcome.row_id}"}, 201)


@endpoint("GET")
def content(request: ApiRequest, file_id: int) -> HttpResponse:
    """The bytes of a file."""
    parameters(request, ())
    return file_answer(file_for(request.actor, min(file_id, LARGEST_ID)))


def _shown(file: File) -> dict[str, Any]:
    who = file.added_by
    return {
        "id": file.pk,
        "name": file.name,
        "kind": file.kind,
        "size": file.size,
        "sha256": file.sha256,
        "added_by": {"id": who.pk, "name": who.name} if who else None,
        "added_at": file.created_at.isoformat(),
        "href": f"{BASE}/files/{file.pk}",
    }
