"""Where imports begin: a file is sent, one's own earlier imports stand in a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.kernel.importing import IMPORTABLES
from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import, State
from genjin.surfaces.imports.queries import imports_of
from genjin.surfaces.imports.receiving import upload_file
from genjin.surfaces.imports.storage import MOST_BYTES
from genjin.surfaces.imports.web.counts import told
from genjin.surfaces.imports.web.steps import labels
from genjin.ui.formats import file_size
from genjin.ui.pages import PageRequest, go, page, render

NEEDS = "imports.run"
MOST = 8
ACCEPT = ".xlsx,.xls,.csv,.txt,.tsv,.vcf"
_ICONS = {"customers": "building", "contacts": "users", "followups": "message-2", "plans": "calendar-plus"} | {
    one.record_type.plural: one.record_type.icon for one in IMPORTABLES.values()
}
_FILE_ICONS = {True: "address-book", False: "file-spreadsheet"}
TONES = {
    State.DONE: "ok",
    State.RUNNING: "info",
    State.CHECKING: "info",
    State.UNDOING: "info",
    State.CANCELLED: "",
    State.UNDONE: "",
}


@dataclass(frozen=True)
class KindView:
    """A kind of file that may be chosen."""

    key: str
    label: str
    help: str
    icon: str
    template: str


@dataclass(frozen=True)
class Line:
    """An earlier import in the list."""

    id: int
    filename: str
    icon: str
    at: datetime
    total: int
    words: str
    state: str
    tone: str


@page("imports", name="imports", methods=["GET", "POST"], needs=NEEDS)
def imports(request: PageRequest) -> HttpResponse:
    """Send a file (`kind` says what is in it); one's own earlier imports."""
    refusal = None
    if request.method == "POST":
        try:
            return go(request, reverse("import", args=[_uploaded(request).pk]))
        except Refused as refused:
            if refused.status != Refused.status:
                raise
            refusal = refused
    return render(request, "imports/entrance.html", status=422 if refusal else 200, **_entrance(request, refusal))


def _uploaded(request: PageRequest) -> Import:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused("no_file", _("请选择一个文件：xlsx、xls、csv，或通讯录 vcf"), "file")
    return upload_file(request.actor, filename=file.name or "", content=file, kind=request.POST.get("kind", ""))


def _entrance(request: PageRequest, refusal: Refused | None) -> dict[str, Any]:
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    after = request.GET.get("after", "")
    found = imports_of(request.actor, MOST + 1, after=int(after) if after.isdecimal() and len(after) < 19 else None)
    return {
        "steps": labels(),
        "kinds": kind_views(),
        "kind": asked if asked in KINDS else "customers",
        "accept": ACCEPT,
        "most_bytes": MOST_BYTES,
        "too_large": _("文件太大，最多 %(size)s；请分成几个文件") % {"size": file_size(MOST_BYTES)},
        "error": refusal.message if refusal else "",
        "history": {
            "rows": [_line(row) for row in found[:MOST]],
            "newer": bool(after),
            "older": found[MOST - 1].pk if len(found) > MOST else 0,
        },
    }


def kind_views() -> list[KindView]:
    """The kinds of files in order."""
    words = {
        "customers": _("可带联系人和跟进记录"),
        "contacts": _("也可以是手机通讯录 vcf、Google 或 Outlook 导出的 csv"),
        "followups": _("补到已有客户上"),
        "plans": _("以后的安排"),
    } | {one.record_type.plural: str(one.help) for one in IMPORTABLES.values()}
    return [
        KindView(k.key, str(k.label), words.get(k.key, ""), _ICONS.get(k.key, "file-text"), _template(str(k.label)))
        for k in KINDS.values()
    ]


def _template(label: str) -> str:
    return _("%(what)s模板") % {"what": label}


def _line(row: Import) -> Line:
    state = State(row.state)
    return Line(
        id=row.pk,
        filename=row.filename,
        icon=_FILE_ICONS[row.filename.lower().endswith(".vcf")],
        at=row.created_at,
        total=row.total,
        words=told(row),
        state=str(state.label),
        tone=TONES.get(state, "warn"),
    )
