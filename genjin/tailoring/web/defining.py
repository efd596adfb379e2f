"""Adding and editing a field: choosing its kind, the form with what it will look like, saving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.digits import number_in
from genjin.kernel.fields import Choice, Field
from genjin.kernel.fields.own_files import GROUPS
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.sights import own_field
from genjin.tailoring import inputs
from genjin.tailoring.actions.defining import add_field, edit_field
from genjin.tailoring.actions.rows import NOT_DEFAULTED
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.queries import count_holders, field_for
from genjin.tailoring.rules.formulas import RESULTS
from genjin.tailoring.rules.kinds import CHOICES, FACTS, FILLED_ALONE, KIND_LABELS, NOT_UNIQUE, SEARCHED
from genjin.tailoring.web.conditions import Line, lines
from genjin.tailoring.web.formulas import Editor, editor
from genjin.tailoring.web.frames import KIND_ICONS, TYPE, address, dialog, kinds, whole
from genjin.tailoring.web.reading import default_of, imagined, raw_field, sent_options
from genjin.ui.forms.controls import Control, control
from genjin.ui.pages import PageRequest, fragment, go, page

NEEDS_FIELD = {"choice", "multichoice", "person", "department", "record", "industry"}
"""Kinds whose default is chosen from a list that only an existing field has."""
BLANK_OPTIONS = [("", ""), ("", ""), ("", "")]


@dataclass(frozen=True)
class FieldForm:
    """The form of a field as drawn. `given`: its values; `row`: None for a new one."""

    kind: str
    row: OwnField | None
    given: Mapping[str, Any]
    sections: list[tuple[str, str]]
    facts: list[Control]
    default: Control | None
    shown: list[Line]
    asked: list[Line]
    options: list[tuple[str, str]]
    preview: Control | None
    formula: Editor | None = None
    holds: int = 0
    refusal: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        """{input: what is wrong with it}."""
        if self.refusal is None:
            return {}
        return self.refusal.errors or ({self.refusal.field: self.refusal.message} if self.refusal.field else {})

    @property
    def label(self) -> Any:
        """What its kind is called."""
        return KIND_LABELS.get(self.kind, self.kind)

    @property
    def takes(self) -> dict[str, bool]:
        """What can be said of its kind."""
        typed = self.kind not in FILLED_ALONE
        searched = self.kind in SEARCHED or self.kind == "formula"
        return {"required": typed, "unique": self.kind not in NOT_UNIQUE and typed, "searched": searched}


@page(f"{TYPE}/new", name="field-new", methods=["GET", "POST"], needs=MANAGE)
def new(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """First its kind (`?kind=`), then the field."""
    declared = whole(request.actor, record_type)
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in KIND_LABELS:
        title = _("添加字段：%s") % declared.label
        return dialog(request, "tailoring/kinds.html", title=title, kinds=kinds(), base=address(declared))
    refusal = _save(request, declared, kind, None) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        return go(request, address(declared), _("字段「%s」已添加，立即可用") % request.POST.get("label", ""))
    return _form(request, declared, kind, None, refusal)


@page(f"{TYPE}/<int:field_id>", name="field", methods=["GET", "POST"], needs=MANAGE)
def edit(request: PageRequest, record_type: RecordType, field_id: int) -> HttpResponse:
    """Change a field; its kind and key stay."""
    declared, row = whole(request.actor, record_type), row_of(request.actor, record_type, field_id)
    refusal = _save(request, declared, row.kind, row) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        return go(request, address(declared), _("字段「%s」已保存，立即生效") % request.POST.get("label", ""))
    return _form(request, declared, row.kind, row, refusal)


@page(f"{TYPE}/preview", name="field-preview", methods=["POST"], needs=MANAGE)
def preview(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """What the field of the form will look like."""
    kind = request.POST.get("kind", "")
    if kind not in KIND_LABELS:
        raise NotFound
    made = _previewed(request, imagined(record_type.key, kind, request.POST), kind)
    return fragment(request, "tailoring/preview.html", control=made)


@page(f"{TYPE}/option-line", name="field-option-line", needs=MANAGE)
def option_line(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """One more line for an option of a new field."""
    return fragment(request, "tailoring/option_line.html", record_type=record_type)


def row_of(actor: Actor, record_type: RecordType, field_id: int) -> OwnField:
    """The definition of a field of this type. Raises NotFound."""
    row = field_for(actor, field_id)
    if row.record_type != record_type.key:
        raise NotFound
    return row


def _save(request: PageRequest, declared: RecordType, kind: str, row: OwnField | None) -> Refused | None:
    raw = raw_field(kind, request.POST, new=row is None)
    seen = request.POST.get("version", "")
    try:
        if row is None:
            add_field.run(request.actor, None, raw | {"record_type": declared.key, "kind": kind})
        else:
            edit_field.run(request.actor, row.pk, raw, version=number_in(seen))
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return refusal
    return None


def _form(
    request: PageRequest, declared: RecordType, kind: str, row: OwnField | None, refusal: Refused | None
) -> HttpResponse:
    title = _("编辑字段「%s」") % row.label if row else _("添加字段：%s") % KIND_LABELS[kind]
    return dialog(
        request, "tailoring/field.html", status=refusal.status if refusal else 200, title=title,
        field_form=_drawn(request, declared, kind, row, refusal), record_type=declared, base=address(declared),
        icon_name=KIND_ICONS.get(kind, "letter-case"),
        classes=[(key, str(label)) for key, label in inputs.CLASSES],
    )  # fmt: skip


def _drawn(
    request: PageRequest, declared: RecordType, kind: str, row: OwnField | None, refusal: Refused | None
) -> FieldForm:
    actor = request.actor
    given = _sent(request, kind, row) if refusal else _stored(kind, row)
    besides = row.key if row else ""
    field = own_field(row) if row else imagined(declared.key, kind, request.POST)
    return FieldForm(
        kind=kind, row=row, given=given, refusal=refusal,
        sections=[(s.key, str(s.label)) for s in declared.sections],
        facts=[_fact(name, given["facts"].get(name, "")) for name in FACTS.get(kind, {}) if name != "formula"],
        formula=editor(request, declared, given["facts"], besides, refusal) if kind == "formula" else None,
        default=_default(actor, declared, field, given, new=row is None) if kind not in NOT_DEFAULTED else None,
        shown=lines(actor, declared, "shown_when", given["shown_when"], besides),
        asked=lines(actor, declared, "required_when", given["required_when"], besides),
        options=[(o["label"], o["colour"]) for o in sent_options(request.POST)] or BLANK_OPTIONS,
        preview=_previewed(request, field, kind) if kind != "formula" else None,
        holds=count_holders(row) if row else 0,
    )  # fmt: skip


def _stored(kind: str, row: OwnField | None) -> dict[str, Any]:
    """The form's values as stored; those of a new field."""
    if row is None:
        secret = {"id_card": "sensitive", "bank_card": "sensitive", "phone": "personal", "email": "personal"}
        blank = dict.fromkeys(("label", "english", "help", "section", "shown_when", "required_when"), "")
        return {**blank, "sensitivity": secret.get(kind, "internal"), "asks": "", "shows": "", "facts": {}}
    asks = "when" if row.required_when else "always" if row.required else ""
    names = ("label", "english", "help", "section", "sensitivity", "unique", "searched", "in_list", "facts")
    kept = {name: getattr(row, name) for name in names}
    kept |= {"shown_when": row.shown_when, "required_when": row.required_when}
    return kept | {"asks": asks, "shows": "when" if row.shown_when else "", "default": row.default}


def _sent(request: PageRequest, kind: str, row: OwnField | None) -> dict[str, Any]:
    sent = request.POST
    raw = raw_field(kind, sent, new=row is None)
    blank = dict.fromkeys(("section", "sensitivity"), "")
    return {**blank, **raw, "asks": sent.get("asks", ""), "shows": sent.get("shows", ""), "default": None}


FACT_WORDS: dict[str, tuple[str, Any, Any]] = {
    "unit": ("input", gettext_lazy("单位"), gettext_lazy("显示在数字后面，如 台、㎡、套")),
    "places": ("number", gettext_lazy("小数位数"), ""),
    "least": ("number", gettext_lazy("最小值"), ""),
    "greatest": ("number", gettext_lazy("最大值"), ""),
    "zero": ("input", gettext_lazy("为 0 时显示"), gettext_lazy("例如「不限」")),
    "most": ("number", gettext_lazy("最多"), gettext_lazy("文字最多多少个字，多选最多几项，文件最多几个")),
    "due": ("check", gettext_lazy("这是到期日"), gettext_lazy("快到期和已过期时用颜色提醒")),
    "to": ("select", gettext_lazy("关联到"), ""),
    "allowed": ("choices", gettext_lazy("允许的文件"), gettext_lazy("不选时不限制")),
    "result": ("select", gettext_lazy("结果类型"), gettext_lazy("决定怎么显示、筛选、排序和汇总")),
    "pattern": (
        "input",
        gettext_lazy("编号规则"),
        gettext_lazy("{YYYY} 年、{MM} 月、{0000} 流水号，如 YS-{YYYY}-{0000}"),
    ),
}


def _fact(name: str, value: Any) -> Control:
    component, label, help_text = FACT_WORDS[name]
    given: dict[str, Any] = {"value": value, "help": str(help_text)}
    if name == "allowed":
        chosen = str(value).split(",") if value else []
        given |= {"value": chosen, "options": [(key, str(words)) for key, words in GROUPS.items()], "multiple": True}
    if component == "select":
        types = [(t.key, str(t.label)) for t in RECORD_TYPES.values() if t.listed]
        listed = [(key, str(words)) for key, words in RESULTS.items()] if name == "result" else types
        given |= {"options": listed, "value": value or listed[0][0], "required": True}
    if component == "check":
        given["value"] = bool(value)
    if name == "pattern":
        given["value"] = value or "{0000}"
    return Control(component, f"fact_{name}", str(label), given)


def _default(
    actor: Actor, declared: RecordType, field: Field, given: Mapping[str, Any], *, new: bool
) -> Control | None:
    if new and field.kind in NEEDS_FIELD:
        return None
    plain = field.with_(label=_("默认值"), help=_("新建时预先填好，可以改"), required=False, required_when=None)
    stored = given.get("default")
    value = plain.form_value(plain.loaded(stored), actor) if stored is not None else ""
    made = control(actor, plain, value, source=declared.plural)
    return replace(made, name="default", given=made.given | {"id": "f-default"})


def _previewed(request: PageRequest, field: Field, kind: str) -> Control:
    sent, actor = request.POST, request.actor
    value = default_of(actor, field, sent) if kind not in CHOICES else ""
    if isinstance(field, Choice) and sent.get("option") is not None:
        pairs = [(o["label"], o["label"], o["colour"]) for o in sent_options(sent)]
        several = kind == "multichoice"
        given: dict[str, Any] = {"options": pairs if several else [p[:2] for p in pairs]}
        given |= {"multiple": True} if several else {"empty": "—"}
        given |= {"help": str(field.help), "required": field.required, "id": "f-preview"}
        return Control("choices" if several else "select", "preview", str(field.label), given)
    made = control(actor, field, value, source=f"{field.key}")
    return replace(made, name="preview", given=made.given | {"id": "f-preview"})
