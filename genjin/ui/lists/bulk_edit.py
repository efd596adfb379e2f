"""One field of many rows gets one new value: which field, the value, what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from genjin.kernel.actions import BatchOutcome
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Invalid, Refused
from genjin.kernel.wording import in_sentence
from genjin.ui.addresses import list_url
from genjin.ui.forms.confirming import CONFIRMATION, to_draw
from genjin.ui.forms.controls import Control, control, controls
from genjin.ui.forms.finding import verb_of
from genjin.ui.forms.reading import SEVERAL, raw_inputs
from genjin.ui.forms.running import FormView
from genjin.ui.lists.bulk import BulkForm

ALONE = frozenset({"file"})
"""Kinds of which no value can be many rows'."""
FIELD, CLEAR, CHOOSE = "field", "clear", "choose"


def common_fields(actor: Actor, record_type: RecordType, inputs: Sequence[Field]) -> list[Field]:
    """The fields of which many rows may have the same value, among those the actor may change."""
    own = {f.key for f in record_type.editable_fields(actor)}
    return [f for f in inputs if f.key in own and not f.unique and f.kind not in ALONE and f.key != record_type.title]


class BulkEdit(BulkForm):
    """The form that changes one field of many rows: the field is chosen first, then its control is drawn."""

    @property
    def offered(self) -> list[Field]:
        """The fields that can be chosen."""
        return common_fields(self.request.actor, self.record_type, self.action.inputs(self.request.actor))

    @property
    def field(self) -> Field | None:
        """The chosen one."""
        return next((f for f in self.offered if f.key == self.sent.get(FIELD)), None)

    def run(self) -> BatchOutcome | None:
        """Run with what was sent; None when the field was only chosen, or its value is wrong."""
        field = self.field
        if CHOOSE in self.sent or field is None:
            return None
        raw = raw_inputs(self.action.inputs(self.request.actor), self.sent)
        if CLEAR in self.sent:
            raw[field.key] = [] if field.kind in SEVERAL else ""
        elif field.kind != "yesno" and raw.get(field.key) in ("", [], None):
            words = _("请填写新的值") if field.required else _("请填写新的值；要清空请勾选「清空」")
            self.refusal = Invalid({field.key: words})
            return None
        try:
            return self.action.run_many(self.request.actor, self.rows, raw)
        except Refused as refusal:
            if not refusal.errors:
                raise
            self.refusal = refusal
            return None

    def view(self) -> FormView:
        """What to draw."""
        field, action = self.field, self.action
        words = {"count": len(self.rows), "what": in_sentence(self.record_type.many)}
        url = f"{list_url(self.record_type)}/bulk/{verb_of(self.record_type, action)}"
        drawn = [] if field is None else self._drawn(field)
        return FormView(
            title=_("修改 %(count)d 条%(what)s") % words,
            url=url,
            submit=pgettext("many rows", "修改"),
            first=[self._chooser(url), *self._controls(drawn, field)],
            hidden=[("drawn", ",".join(f.key for f in drawn)), *(("ids", row_id) for row_id in self.rows)],
            text=_("选一个字段，填上新的值；没有权限改的、不合规则的会列出来，可以撤销。") if field is None else "",
        )

    def _drawn(self, field: Field) -> list[Field]:
        asked = [f for f in self.action.inputs(self.request.actor) if f.key.endswith(CONFIRMATION)]
        return [field, *to_draw(asked, self.refusal, self.sent)]

    def _chooser(self, url: str) -> Control:
        options: dict[str, list[tuple[str, str]]] = {}
        for field in self.offered:
            options.setdefault(self._section(field), []).append((field.key, str(field.label)))
        chosen = self.field
        given = {
            "value": chosen.key if chosen else "",
            "options": list(options.items()),
            "empty": _("请选择…"),
            "hx_post": url,
            "hx_vals": f'{{"{CHOOSE}": "1"}}',
            "hx_target": "#dialog",
        }
        return Control("select", FIELD, _("要改的字段"), given)

    def _section(self, field: Field) -> str:
        sections = self.record_type.seen_by(self.request.actor).sections
        return next((str(section.label) for section in sections if section.key == field.section), _("其他"))

    def _controls(self, drawn: Sequence[Field], field: Field | None) -> list[Control]:
        if field is None:
            return []
        actor, errors = self.request.actor, self.refusal.errors if self.refusal else {}
        values = raw_inputs(drawn, self.sent) if self.refusal else {}
        first = control(
            actor, field, values.get(field.key, ""), source=self.action.name, error=errors.get(field.key, "")
        )
        made = [first, *controls(actor, drawn[1:], values, source=self.action.name, errors=errors)]
        if not field.required and field.kind != "yesno":
            made.append(Control("check", CLEAR, _("清空「%s」") % field.label, {"value": CLEAR in self.sent}))
        return made
