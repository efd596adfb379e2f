"""The pages that list: the types with how many fields each has, and the fields of one type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Field
from genjin.kernel.models.definitions import FieldState, IndexState
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.working_out import plan_at
from genjin.org.web.frame import settings_page
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.queries import FieldLine, field_counts, fields_of, managed_types
from genjin.tailoring.queries.kept import kept_values, may_fetch
from genjin.tailoring.rules.formulas import as_written
from genjin.tailoring.rules.kinds import CHOICES, is_searchable
from genjin.tailoring.web.conditions import in_words
from genjin.tailoring.web.frames import ROUTE, TYPE, type_page, whole
from genjin.ui.pages import PageRequest, page

INDEX_TONES = {IndexState.BUILDING: "info", IndexState.READY: "ok", IndexState.FAILED: "bad"}
MOST_SHOWN = 6


@dataclass(frozen=True)
class Shown:
    """A field of the company's own as listed. `marks`: (words, tone) of what is special about it; `formula`: with names
    of fields."""

    line: FieldLine
    marks: Sequence[tuple[str, str]]
    when: str
    asked: str
    formula: str = ""

    @property
    def options(self) -> Sequence[tuple[str, str]]:
        """(label, tone) of the first live options."""
        return [(str(o.label), o.colour) for o in self.line.options if not o.retired][:MOST_SHOWN]

    @property
    def further(self) -> int:
        """How many live options are not shown."""
        return max(sum(not o.retired for o in self.line.options) - MOST_SHOWN, 0)

    @property
    def chooses(self) -> bool:
        """Whether it has options."""
        return self.line.row.kind in CHOICES


@dataclass(frozen=True)
class Declared:
    """A field that came with the product."""

    field: Field
    options: str
    marks: Sequence[tuple[str, str]]


@page(ROUTE, name="fields", needs=MANAGE)
def types(request: PageRequest) -> HttpResponse:
    """The types with how many fields came with them and how many are the company's own."""
    counts = field_counts(request.actor)
    listed = [(t, len(RECORD_TYPES[t.key].fields), *counts.get(t.key, (0, 0))) for t in managed_types(request.actor)]
    return settings_page(request, "tailoring/types.html", "fields", types=listed)


@page(TYPE, name="fields-of", needs=MANAGE)
def fields(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """The fields of one type by section: own ones with what they hold, retired ones, those that came with it."""
    actor, declared = request.actor, whole(request.actor, record_type)
    found = fields_of(actor, declared)
    shown = [_shown(actor, declared, line) for line in found if line.live]
    home = {f.key: f.section for f in declared.fields}
    grouped = [(s.label, [one for one in shown if home.get(one.line.row.key) == s.key]) for s in declared.sections]
    return type_page(
        request, "tailoring/fields.html", declared, groups=[(label, part) for label, part in grouped if part],
        live=len(shown), retired=[line for line in found if line.row.state == FieldState.RETIRED],
        working=[one for one in shown if (one.line.row.pending or {}).get("total")],
        busy=[line for line in found if line.row.state in (FieldState.CONVERTING, FieldState.LEAVING)],
        declared=_declared(declared), about=any(line.about for line in found),
        kept=[(one, may_fetch(actor, one)) for one in kept_values(actor, declared)],
        building=any(line.row.index == IndexState.BUILDING for line in found),
    )  # fmt: skip


def _shown(actor: Actor, declared: RecordType, line: FieldLine) -> Shown:
    row, plan = line.row, plan_at(declared, actor.stamp)
    marks = [(_("必填"), "acc")] if row.required and not row.required_when else []
    marks += [(_("有条件必填"), "acc")] if row.required_when else []
    marks += [(_("不允许重复"), "vio")] if row.unique else []
    marks += [(_("列表显示"), "")] if row.in_list else []
    marks += [(_("可搜索"), "")] if row.searched and is_searchable(row.kind, row.facts) else []
    marks += [(_("公式有误，结果为空"), "bad")] if plan and row.key in plan.broken else []
    if row.index:
        marks.append((str(IndexState(row.index).label), INDEX_TONES[IndexState(row.index)]))
    when, asked = (in_words(actor, declared, rules) for rules in (row.shown_when, row.required_when))
    formula = as_written(row.facts.get("formula", ""), declared) if row.kind == "formula" else ""
    return Shown(line, marks, when, asked, formula)


def _declared(declared: RecordType) -> list[Declared]:
    return [
        Declared(
            f,
            f.options if isinstance(f, Choice) else "",
            [(_("必填"), "acc")] * f.required + [(_("自动填写"), "")] * (not f.editable),
        )
        for f in declared.fields
        if not f.own
    ]
