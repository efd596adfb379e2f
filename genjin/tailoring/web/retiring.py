"""Taking a field out of use and back, deleting it, its index: what it touches is shown first, and nothing is lost."""

from __future__ import annotations

from typing import Any, cast

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actions import Action
from genjin.kernel.file_names import content_disposition
from genjin.kernel.records import RecordType
from genjin.tailoring.actions.deleting import delete_field
from genjin.tailoring.actions.fetching import fetch_kept
from genjin.tailoring.actions.indexing import index_field, unindex_field
from genjin.tailoring.actions.retiring import restore_field, retire_field
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.queries import preview
from genjin.tailoring.web.defining import row_of
from genjin.tailoring.web.frames import TYPE, address, dialog, refused_by, whole
from genjin.ui.pages import PageRequest, go, page

FIELD = f"{TYPE}/<int:field_id>"


@page(f"{FIELD}/retirement", name="field-retirement", methods=["GET", "POST"], needs=MANAGE)
def retire(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """What retiring touches, then out of use; undone by one click."""
    row, declared = row_of(request.actor, record_type, field_id), whole(request.actor, record_type)
    if request.method == "POST":
        retire_field.run(request.actor, row.pk, {})
        back = f"{address(declared)}/{row.pk}/restoration"
        return go(request, address(declared), _("「%s」已停用，值都保留着") % row.label, undo=back)
    return dialog(
        request, "tailoring/retirement.html", title=_("停用字段「%s」") % row.label, row=row, base=address(declared),
        touched=preview(request.actor, row.pk),
    )  # fmt: skip


@page(f"{FIELD}/removal", name="field-removal", methods=["GET", "POST"], needs=MANAGE)
def remove(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """Delete a retired field once the number of its values was typed; they are kept in a file."""
    row, declared = row_of(request.actor, record_type, field_id), whole(request.actor, record_type)
    typed = request.POST.get("count", "")
    refusal = refused_by(delete_field, request.actor, row.pk, {"count": typed}) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        return go(request, address(declared), _("正在删除「%s」，它的值先存成文件") % row.label)
    return dialog(
        request, "tailoring/removal.html", status=refusal.status if refusal else 200, row=row, base=address(declared),
        title=_("删除字段「%s」") % row.label, touched=preview(request.actor, row.pk),
        error=refusal.message if refusal else "", typed=typed,
    )  # fmt: skip


@page(f"{TYPE}/kept/<int:field_id>", name="field-kept", methods=["POST"], needs=MANAGE)
def fetch(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """The values of a deleted field as they are kept. Raises NotFound, Forbidden."""
    kept = fetch_kept(request.actor, record_type=record_type.key, field=field_id)
    answer: Any = FileResponse(kept.path.open("rb"), content_type="application/x-ndjson")
    # the answer itself names the file by its place on the disk
    answer.headers["Content-Disposition"] = content_disposition(f"{kept.label}-{kept.path.name}")
    answer.headers["Cache-Control"] = "private, no-store"
    return cast("HttpResponse", answer)


@page(f"{FIELD}/restoration", name="field-restoration", methods=["POST"], needs=MANAGE)
def restore(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """In use again, with all values."""
    return _run(request, record_type, field_id, restore_field, _("「%s」已恢复，值也回来了"))


@page(f"{FIELD}/index", name="field-index", methods=["POST"], needs=MANAGE)
def index(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """Have an index built in the background."""
    told = _("正在后台为「%s」建立索引，完成后列表就能按它排序或筛选")
    return _run(request, record_type, field_id, index_field, told)


@page(f"{FIELD}/unindex", name="field-unindex", methods=["POST"], needs=MANAGE)
def unindex(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """Have it taken away again."""
    return _run(request, record_type, field_id, unindex_field, _("「%s」的索引正在删除"))


def _run(
    request: PageRequest, record_type: RecordType, field_id: int, action: Action[Any, Any], told: str
) -> HttpResponse:
    row = row_of(request.actor, record_type, field_id)
    action.run(request.actor, row.pk, {})
    return go(request, address(record_type), told % row.label)
