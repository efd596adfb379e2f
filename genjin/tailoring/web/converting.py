"""Changing the kind of a field: how many values convert and which do not is shown before it is done, and what could not
be converted can be looked at afterwards."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.models.definitions import OwnField
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.tailoring.actions.converting import change_kind
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.queries import left_over, preview
from genjin.tailoring.rules.converting import FROM, FROM_AND_TO
from genjin.tailoring.rules.kinds import KIND_LABELS
from genjin.tailoring.web.defining import row_of
from genjin.tailoring.web.frames import TYPE, address, dialog, refused_by, whole
from genjin.ui.pages import PageRequest, go, page

FIELD = f"{TYPE}/<int:field_id>"


@page(f"{FIELD}/kind", name="field-kind", methods=["GET", "POST"], needs=MANAGE)
def convert(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """Choose another kind (`kind`), see what becomes of the values, have them converted."""
    row, declared = row_of(request.actor, record_type, field_id), whole(request.actor, record_type)
    sent = request.POST if request.method == "POST" else request.GET
    kind, to = sent.get("kind", ""), sent.get("to", "")
    if kind and kind not in dict(_offered(row)):
        raise NotFound
    facts: dict[str, Any] = {"to": to if to in RECORD_TYPES else "customer"} if kind == "record" else {}
    asked = request.method == "POST" and kind
    refusal = refused_by(change_kind, request.actor, row.pk, {"kind": kind, "facts": facts}) if asked else None
    if not asked or refusal is not None:
        return _question(request, row, declared, kind, facts, refusal)
    words = _("正在把「%(name)s」转换成%(kind)s，转换完成前它暂不显示")
    return go(request, address(declared), words % {"name": row.label, "kind": KIND_LABELS[kind]})


def _offered(row: OwnField) -> list[tuple[str, str]]:
    return [(key, str(label)) for key, label in KIND_LABELS.items() if key in FROM_AND_TO and key != row.kind]


def _question(
    request: PageRequest, row: OwnField, declared: RecordType, kind: str, facts: dict[str, Any], refusal: Refused | None
) -> HttpResponse:
    seen = preview(request.actor, row.pk, kind=kind, facts=facts) if kind and row.kind in FROM else None
    return dialog(
        request, "tailoring/conversion.html", status=refusal.status if refusal else 200, row=row, seen=seen,
        title=_("转换「%s」的类型") % row.label, base=address(declared), offered=_offered(row), kind=kind,
        possible=row.kind in FROM, was=KIND_LABELS[row.kind], facts=facts, error=refusal.message if refusal else "",
        types=[(t.key, str(t.label)) for t in RECORD_TYPES.values() if t.listed],
    )  # fmt: skip


@page(f"{FIELD}/leftover", name="field-leftover", needs=MANAGE)
def leftover(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """Values that could not be converted, with the records they belong to."""
    row, declared = row_of(request.actor, record_type, field_id), whole(request.actor, record_type)
    return dialog(
        request, "tailoring/leftover.html", row=row, title=_("「%s」没能转换的内容") % row.label,
        left=left_over(request.actor, row.pk), base=address(declared), plural=declared.plural,
    )  # fmt: skip
