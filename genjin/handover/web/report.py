"""The report of a handover as a spreadsheet: every thing, who got it, what stayed and why, the words for customers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, cast

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from genjin.handover.actions.reporting import take_report
from genjin.handover.grants import MANAGE
from genjin.handover.models import Handover
from genjin.handover.queries import handover_for, items, label_of, titles
from genjin.handover.receivers import name_of
from genjin.handover.rules import Kind, Standing
from genjin.handover.words import notice_for
from genjin.kernel.actor import Actor
from genjin.kernel.file_names import content_disposition
from genjin.kernel.tables.writing import Look, Value, workbook
from genjin.org.queries import organisation
from genjin.ui.pages import PageRequest, page

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE = 1_000
WIDTHS = (18, 34, 14, 12, 30, 60)


@page("handovers/<int:handover_id>/report.xlsx", name="handover-report", methods=["POST"], needs=MANAGE)
def report(request: PageRequest, handover_id: int) -> HttpResponse:
    """The file; that it was taken is an event."""
    row = handover_for(request.actor, handover_id)
    take_report(request.actor, row.pk)
    file = io.BytesIO()
    name = _write(request.actor, row, file)
    file.seek(0)
    answer: Any = FileResponse(file, content_type=TYPE)
    answer.headers["Content-Disposition"] = content_disposition(name)
    answer.headers["Cache-Control"] = "private, no-store"
    return cast("HttpResponse", answer)


def _write(actor: Actor, row: Handover, file: io.BytesIO) -> str:
    """Write all things in order; the file's name."""
    person = organisation(actor).people[row.leaver_id].name
    title = _("%(name)s %(kind)s交接报告") % {"name": person, "kind": Kind(row.kind).label}
    heads: list[Value] = [_("类别"), _("名称"), _("接收人"), _("结果"), _("原因"), _("客户告知文字")]
    with workbook(file, title, widths=WIDTHS, frozen=1) as sheet:
        sheet.row(heads, Look.HEADING)
        for line in _rows(actor, row):
            sheet.row(line)
    return f"{title}.xlsx"


def _rows(actor: Actor, row: Handover) -> Iterator[list[Value]]:
    day = (row.ended_at or row.updated_at).astimezone(actor.zone).date()
    after = 0
    while found := items(row, after=after, most=AT_ONCE):
        named = titles(actor, found)
        for item in found:
            name = named.get((item.part, item.row_id), "—")
            said = item.part == "customer" and item.state == Standing.MOVED
            words = notice_for(actor, row, name, item.to, day) if said else ""
            standing = str(Standing(item.state).label)
            yield [label_of(item.part), name, name_of(actor, item.to), standing, item.why, words]
        after = found[-1].pk
