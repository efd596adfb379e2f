"""Checked rows as the page draws them: cells with their problems, the form for mending one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.kernel import industries, regions
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice
from genjin.kernel.importing import IMPORTABLES
from genjin.kernel.tables import Cell
from genjin.kernel.wording import in_sentence
from genjin.surfaces.imports.kinds import KINDS, Target
from genjin.surfaces.imports.models import Decision, Import, ImportRow, RowState, State
from genjin.surfaces.imports.rules import Rule, rules_from_json
from genjin.surfaces.imports.values import places
from genjin.surfaces.imports.web.masked import cell_text, shown
from genjin.surfaces.imports.whys import said_of
from genjin.ui.addresses import record_url

MOST_COLUMNS = 4
MOST_OPTIONS = 40
_FIRST = (
    "customer.name",
    "contact.name",
    *(f"{key}.{name}" for key, one in IMPORTABLES.items() for name in one.columns[:2]),
    "customer.phone",
    "contact.phone",
    "customer.level",
    "followup.occurred_at",
)


@dataclass(frozen=True)
class Heading:
    """A column of the table of rows."""

    index: int
    label: str
    target: Target | None


@dataclass(frozen=True)
class CellView:
    """A cell: its text, the column's name for narrow screens, its look, what is said about it."""

    text: str
    label: str
    css: str
    title: str


@dataclass(frozen=True)
class ProblemView:
    """What is wrong, and in which column ('' for the row)."""

    heading: str
    words: str


@dataclass(frozen=True)
class Suggestion:
    """A mend that is one click away."""

    text: str
    vals: dict[str, str]


@dataclass(frozen=True)
class FieldView:
    """A control of the form that mends a row."""

    index: int
    label: str
    value: str
    error: str
    help: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    empty: str = ""
    hints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RowView:
    """A row of the file on the page."""

    number: int
    url: str
    css: str
    bad: bool
    mendable: bool
    cells: list[CellView]
    problems: list[ProblemView]
    suggestion: Suggestion | None
    note: str
    links: list[tuple[str, str]]
    form: list[FieldView]


class RowWriter:
    """Draws the rows of one import; made once per page. `columns`: those that the page shows already."""

    def __init__(self, actor: Actor, batch: Import, rows: Sequence[ImportRow], columns: str = "") -> None:
        self.actor, self.batch = actor, batch
        self.rules = rules_from_json(batch.rules)
        self.targets = KINDS[batch.kind].targets(actor)
        asked = [int(text) for text in columns.split(",") if text.isdecimal() and len(text) < 6]
        named = {rule.index: rule for rule in self.rules}
        shown = [named[index] for index in asked if index in named] or chosen_columns(self.rules, rows)
        self.headings = [self._heading(rule) for rule in shown]
        self.columns = ",".join(str(rule.index) for rule in shown)

    def _heading(self, rule: Rule) -> Heading:
        target = self.targets.get(rule.target)
        return Heading(rule.index, rule.heading, target)

    def row(
        self, row: ImportRow, *, form: bool = False, mended: bool = False, links: Sequence[tuple[str, str]] = ()
    ) -> RowView:
        """One row; `form` opens it for mending, `mended` shows that it has just been; `links` of what it brought."""
        about = self._about(row)
        bad = row.state in (RowState.BAD, RowState.FAILED)
        return RowView(
            number=row.number,
            url=f"{reverse('import-row', args=[self.batch.pk, row.number])}?columns={self.columns}",
            css="ok" if mended and not bad else "",
            bad=bad,
            mendable=self.batch.state == State.CHECKED,
            cells=[self._cell(row, heading, about, place) for place, heading in enumerate(self.headings)],
            problems=[self._problem(index, words) for index, words, _suggestion, _blocking in problems_of(row)],
            suggestion=_suggested(row) if self.batch.state == State.CHECKED else None,
            note=_note(row) if not mended else _("已改好"),
            links=list(links) or self._existing(row),
            form=self.form(row) if form else [],
        )

    def _existing(self, row: ImportRow) -> list[tuple[str, str]]:
        about = KINDS[self.batch.kind].anchor_type
        if not row.duplicate_of:
            return []
        return [(record_url(about.key, row.duplicate_of), _("查看已有%s") % in_sentence(about.label))]

    def _about(self, row: ImportRow) -> dict[int, str]:
        """{column: what keeps the row out}; who it is about is missing in the first column."""
        about = {index: words for index, words, _suggestion, blocking in problems_of(row) if blocking}
        first = self.headings[0].index if self.headings else -1
        if -1 in about and first >= 0 and value_of(row, first) in (None, ""):
            about.setdefault(first, about[-1])
        return about

    def _cell(self, row: ImportRow, heading: Heading, about: Mapping[int, str], place: int) -> CellView:
        wrong = about.get(heading.index, "")
        value = value_of(row, heading.index)
        text = cell_text(value) if wrong else shown(value, heading.target.field if heading.target else None)
        css = "errc" if wrong else "name" if place == 0 else ""
        return CellView(text or (_("（空）") if wrong else ""), heading.label, css, wrong)

    def _problem(self, index: int, words: str) -> ProblemView:
        heading = next((rule.heading for rule in self.rules if rule.index == index), "")
        return ProblemView(heading, words)

    def form(self, row: ImportRow) -> list[FieldView]:
        """The cells of all columns that are brought, the wrong ones first."""
        errors = {index: words for index, words, _suggestion, blocking in problems_of(row) if blocking}
        used = [rule for rule in self.rules if rule.target or rule.index in errors]
        return [self._field(row, rule, errors) for rule in sorted(used, key=lambda r: (r.index not in errors, r.index))]

    def _field(self, row: ImportRow, rule: Rule, errors: Mapping[int, str]) -> FieldView:
        text = cell_text(value_of(row, rule.index))
        target = self.targets.get(rule.target)
        options = _options(self.actor, target, text)
        help_ = target.label if target and target.label != rule.heading else ""
        empty = _("（空）") if options else ""
        hints = _hints(target, text) if rule.index in errors else []
        return FieldView(rule.index, rule.heading, text, errors.get(rule.index, ""), help_, options, empty, hints)


def chosen_columns(rules: Sequence[Rule], rows: Sequence[ImportRow]) -> list[Rule]:
    """The columns that the page has room for: who it is about, those with problems, then the others as they stand."""
    troubled = {index for row in rows for index, _words, _suggestion, blocking in problems_of(row) if blocking}
    used = [rule for rule in rules if rule.target or rule.index in troubled]
    known, last = {name: place for place, name in enumerate(_FIRST)}, len(_FIRST)
    place = {r.index: known.get(r.target, last) for r in used}
    wanted = sorted(used, key=lambda r: (place[r.index] > 0, r.index not in troubled, place[r.index]))
    chosen = wanted[: max(MOST_COLUMNS, len(troubled) + 1)]
    return sorted(chosen, key=lambda r: (place[r.index] > 1, r.index))


def problems_of(row: ImportRow) -> list[tuple[int, str, str, bool]]:
    """(column or -1, words, suggestion, whether it keeps the row out)."""
    return [(p[0], p[1], p[2] if len(p) > 2 else "", p[3] if len(p) > 3 else True) for p in row.problems]


def value_of(row: ImportRow, index: int) -> Cell:
    """A cell as it counts: what was written over it, else what the file says."""
    fixed = row.fixes.get(str(index))
    there: Cell = row.cells[index] if index < len(row.cells) else None
    return there if fixed is None else str(fixed)


def _suggested(row: ImportRow) -> Suggestion | None:
    """The one mend that makes the row right, where each wrong cell has one; of a row without wrong cells what is better
    written otherwise."""
    problems = problems_of(row)
    wrong = [(index, suggestion) for index, _words, suggestion, blocking in problems if blocking]
    wrong = wrong or [(index, suggestion) for index, _words, suggestion, _blocking in problems if suggestion]
    if not wrong or not all(suggestion and index >= 0 for index, suggestion in wrong):
        return None
    return Suggestion(wrong[0][1], {f"fix-{index}": suggestion for index, suggestion in wrong})


def _options(actor: Actor, target: Target | None, text: str) -> list[tuple[str, str]]:
    """The options of a field with few of them; the text that is there now stays choosable."""
    if target is None or not isinstance(target.field, Choice) or target.field.kind != "choice":
        return []
    live = list(target.field.live(actor))
    if len(live) > MOST_OPTIONS:
        return []
    labels = [target.field.text(option.key, actor) for option in live]
    there = [] if not text or text in labels else [(text, text)]
    return [*there, *((label, label) for label in labels)]


def _hints(target: Target | None, text: str) -> list[str]:
    """What a wrong region or industry may mean, in full."""
    if target is None or not text:
        return []
    if target.field.kind == "region":
        return [regions.full_name(code) for code in places.likely_regions(text)]
    if target.field.kind == "industry":
        return [industries.full_name(code) for code in places.likely_industries(text)]
    return []


def _note(row: ImportRow) -> str:
    if row.state == RowState.DUPLICATE or row.duplicate_why:
        why = said_of(row)
        decided = str(Decision(row.decision).label) if row.decision in Decision.values else ""
        return " · ".join(part for part in (why, decided) if part)
    if row.state == RowState.SKIPPED:
        return _("不导入")
    return _("已修改") if row.fixes else ""


def sent_fixes(row: ImportRow, sent: QueryDict) -> dict[str, str]:
    """{column index: text} of the cells that the form changed."""
    names = [name for name in sent if name.startswith("fix-")]
    found = {name.removeprefix("fix-"): sent.get(name, "").strip() for name in names}
    found |= {name.removeprefix("choose-"): sent.get(name, "") for name in sent if name.startswith("choose-")}
    return {index: text for index, text in found.items() if index.isdecimal() and _differs(row, int(index), text)}


def _differs(row: ImportRow, index: int, text: str) -> bool:
    return text != cell_text(value_of(row, index))
