"""The dialog of a list: format, columns, reason. A short list is a file at once, a long one a job."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.careful import CONFIRMATION
from genjin.kernel.fields import Field, Text
from genjin.kernel.lists import CAP, count_capped
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import in_sentence
from genjin.org.fields import OneOf
from genjin.surfaces.exports.actions import AT_ONCE, keep_export, start_export
from genjin.surfaces.exports.asked import EVERY, read_asked
from genjin.surfaces.exports.grants import FULL, RUN
from genjin.surfaces.exports.models import Export, Format
from genjin.surfaces.exports.settings import KEEP_HOURS, REASON_ABOVE
from genjin.surfaces.exports.writing import make_file
from genjin.ui.addresses import demand_seeing, list_url
from genjin.ui.formats import capped_count
from genjin.ui.forms.confirming import to_draw
from genjin.ui.forms.controls import controls
from genjin.ui.forms.reading import ids, raw_inputs
from genjin.ui.forms.running import FormView
from genjin.ui.lists.columns import chosen_fields
from genjin.ui.lists.heads import HeadTool, register_head_tool
from genjin.ui.lists.state import read_state
from genjin.ui.pages import PageRequest, closed_dialog, go, in_dialog, page, render, wants_fragment
from genjin.ui.views.queries import tabs_of

SHOWN = "shown"
MOST_TICKED = 1_000

register_head_tool(
    HeadTool(
        key="export",
        label=gettext_lazy("导出"),
        icon="download",
        link="/{plural}/export",
        needs=RUN,
        into="#dialog",
        filtered=True,
        ticked=True,
        order=60,
    )
)


@page("<plural:record_type>/export", name="list-export", methods=["GET", "POST"], needs=RUN)
def export(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """What to take out of a list, and in which form."""
    demand_seeing(request.actor, record_type)
    form = ExportForm(request, record_type)
    made = form.run() if request.method == "POST" else None
    if made is None:
        return form.respond()
    if not made.stored_as:
        return go(request, reverse("export", args=[made.pk]))
    address = reverse("export-file", args=[made.pk])
    if not in_dialog(request):
        return go(request, address)
    answer = closed_dialog(_("已导出 %s 行") % f"{made.rows:,}")
    answer.headers["HX-Redirect"] = address
    return answer


class ExportForm:
    """The dialog for one list: what is asked stands in hidden inputs, what may be chosen in the open ones."""

    def __init__(self, request: PageRequest, record_type: RecordType) -> None:
        self.request, self.record_type = request, record_type
        self.sent = request.POST if request.method == "POST" else request.GET
        self.refusal: Refused | None = None
        if "query" in self.sent:
            self.query, self.ids, self.shown = (self.sent.get(name, "") for name in ("query", "ids", "shown"))
        else:
            self.query, self.ids, self.shown = self._asked()

    def _asked(self) -> tuple[str, str, str]:
        """(filters, order and search; ticked ids; shown columns) of the list that opened the dialog."""
        actor, sent = self.request.actor, self.sent
        state = read_state(actor, self.record_type, tabs_of(actor, self.record_type), sent)
        query = urlencode([*state.pairs, *([("q", state.text)] if state.text else [])])
        ticked = [] if sent.get("all") == "1" else ids(sent, MOST_TICKED)
        shown = [self.record_type.title, *(f.key for f in chosen_fields(actor, state))]
        return query, ",".join(map(str, ticked)), ",".join(shown)

    def run(self) -> Export | None:
        """Ask for the export, and make a short one; None when it was refused (then respond() tells why)."""
        actor = self.request.actor
        raw = raw_inputs(self.fields(), self.sent)
        columns = EVERY if raw.pop("which", SHOWN) == EVERY else self.shown
        asked = raw | {"record_type": self.record_type.plural, "query": self.query, "ids": self.ids}
        try:
            export = start_export(actor, **start_export.parse(actor, asked | {"columns": columns}), at_once=AT_ONCE)
            return keep_export(actor, export.pk, made=make_file(actor, export)) if export.job_id is None else export
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            self.refusal = refusal
            return None

    def fields(self) -> list[Field]:
        """What is asked."""
        forms = [(f.value, f.label) for f in Format if f is not Format.VCF or self.record_type.key == "contact"]
        readable = len(list(self.record_type.visible_fields(self.request.actor)))
        shown = _("列表显示的 %d 列") % len(self.shown.split(","))
        which = [(SHOWN, shown), (EVERY, _("可查看的全部 %d 列") % readable)]
        return [
            OneOf(key="format", label=_("格式"), pairs=forms, required=True),
            OneOf(key="which", label=_("列"), pairs=which, required=True),
            Text(key="reason", label=_("原因"), most=500, required=self._counted() > self._limit(), help=self._why()),
            CONFIRMATION,
        ]

    def respond(self) -> HttpResponse:
        """The dialog, or a page of its own; 422 after a refusal."""
        frame = "ui/dialog.html" if wants_fragment(self.request) else "ui/form.html"
        status = self.refusal.status if self.refusal else 200
        bare = frame == "ui/dialog.html"
        return render(self.request, frame, status=status, bare=bare, inner="ui/dialog.html", form=self._view())

    def _view(self) -> FormView:
        fields = to_draw(self.fields(), self.refusal, self.sent)
        errors = self.refusal.errors if self.refusal else {}
        drawn = controls(self.request.actor, fields, self.sent.dict(), source="exports", errors=errors)
        hidden: list[tuple[str, Any]] = [("drawn", ",".join(field.key for field in fields))]
        hidden += [("query", self.query), ("ids", self.ids), ("shown", self.shown)]
        return FormView(
            title=_("导出%s") % in_sentence(self.record_type.many),
            url=f"{list_url(self.record_type)}/export",
            submit=_("导出"),
            first=drawn,
            hidden=hidden,
            text=self._words(),
            banner="" if not self.refusal or self.refusal.errors else self.refusal.message,
        )

    def _words(self) -> str:
        actor = self.request.actor
        words = [_("共 %s 行。") % capped_count(self._counted())]
        words += [] if actor.may(FULL) else [_("电话和邮箱按列表遮掩。")]
        words += [_("文件只有您能下载，%d 小时后删除；导出会记入审计日志。") % KEEP_HOURS.at(actor.stamp)]
        return "".join(words)

    def _counted(self) -> int:
        """How many rows it would be, capped; counted once."""
        if "count" not in self.__dict__:
            chosen = [int(part) for part in self.ids.split(",") if part.isdecimal() and len(part) < 19]
            asked = read_asked(self.request.actor, self.record_type, self.query, chosen, [])
            self.count = count_capped(self.request.actor, asked.query, CAP)
        return self.count

    def _limit(self) -> int:
        return REASON_ABOVE.at(self.request.actor.stamp)

    def _why(self) -> str:
        return _("超过 %s 行的导出要写明原因") % f"{self._limit():,}"
