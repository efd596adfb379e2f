"""The page on which records are compared: one line per field, one cell per record, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from markupsafe import Markup

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Access, Field, RecordRef
from genjin.kernel.fields.veiled import Veiled
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.titles import titles_of
from genjin.merging.queries.values import decided, held_by, self_named
from genjin.merging.reach import MERGEABLE
from genjin.merging.rules.choosing import ALL, EMPTY, Held, can_be_all, differs, outcome, usual
from genjin.ui.addresses import record_url
from genjin.ui.formats import Formats
from genjin.ui.lists.cells import writer

PICK, USUAL = "pick.", "usual."


@dataclass(frozen=True)
class Candidate:
    """One of the records, as the head of its column shows it."""

    id: int
    title: str
    code: str
    owner: str
    made: str
    url: str
    version: int
    life: str
    changed: bool = False


@dataclass(frozen=True)
class Cell:
    """The value of one record: drawn, whether it is the chosen one, what that record is called."""

    value: str
    drawn: Markup
    chosen: bool
    title: str = ""


@dataclass(frozen=True)
class Line:
    """One field. `open`: somebody may choose; `why`: why not; `usual`: what is chosen by itself; `united`: a further
    cell keeps all; `error`: why the choice does not do."""

    key: str
    label: str
    cells: list[Cell]
    result: Markup
    open: bool
    usual: str = ""
    why: str = ""
    united: Cell | None = None
    error: str = ""


def choices_of(sent: QueryDict, rows: Sequence[Any], *, usual_too: bool = False) -> dict[str, int | str]:
    """What was picked per field, of what can be picked at all; without what was drawn as the usual choice, which
    another master changes."""
    known = {ALL, *(str(row.pk) for row in rows)}
    picked = {key.removeprefix(PICK): str(value) for key, value in sent.items() if key.startswith(PICK)}
    return {
        key: int(value) if value != ALL else ALL
        for key, value in picked.items()
        if value in known and (usual_too or sent.get(USUAL + key) != value)
    }


class Comparison:
    """The records side by side for one reader. `rows`: the master first; `order`: their ids as the columns stand."""

    def __init__(
        self,
        actor: Actor,
        fmt: Formats,
        record_type: RecordType,
        rows: Sequence[Any],
        choices: Mapping[str, Any],
        order: Sequence[int],
    ) -> None:
        self.actor, self.fmt, self.rows, self.choices = actor, fmt, rows, choices
        self.columns = sorted(rows, key=lambda row: order.index(row.pk))
        self.seen = record_type.seen_by(actor)
        self.ids = [row.pk for row in rows]
        strict = MERGEABLE[record_type.key].strict
        fields = decided(record_type, actor.stamp)
        held = {f.key: self_named(f, record_type, self.ids, held_by(f, rows)) for f in fields}
        shown = [f for f in fields if f.key in self.seen.own_fields]
        self.lines = [self._line(f, held[f.key], strict=f.key in strict) for f in shown]
        apart = {f.key for f in shown if differs(held[f.key])}
        silent = {f.key for f in shown if all(value in EMPTY for _row, value in held[f.key])}
        self.differing = [line for line in self.lines if line.key in apart]
        self.filling = [
            line for line in self.lines if line.key not in apart | silent and self._is_filled(held[line.key])
        ]
        told = {*apart, *silent, *(line.key for line in self.filling)}
        self.equal = [line for line in self.lines if line.key not in told]

    @staticmethod
    def _is_filled(held: Held) -> bool:
        return held[0][1] in EMPTY

    def _line(self, field: Field, held: Held, *, strict: bool) -> Line:
        known = self.seen.own_fields[field.key]
        write = self._writer(known, held)
        is_open = self.seen.accesses[field.key] is Access.EDIT and not strict
        choice = self.choices.get(field.key) if is_open else None
        if choice == ALL and not can_be_all(field):
            choice = None
        result, error = self._outcome(field, held, choice, strict=strict)
        chosen = choice if choice is not None else usual(field, held)
        values = dict(held)
        cells = [
            Cell(str(row.pk), write(values[row.pk]), is_open and chosen == row.pk, self._title(row))
            for row in self.columns
        ]
        united = None
        if is_open and can_be_all(field) and differs(held):
            united = Cell(ALL, Markup(""), chosen == ALL)
        return Line(
            key=field.key,
            label=str(field.label),
            cells=cells,
            result=write(result),
            open=is_open,
            usual=str(usual(field, held)),
            why="" if is_open else self._why(known, strict=strict),
            united=united,
            error=error,
        )

    def _title(self, row: Any) -> str:
        return str(getattr(row, self.seen.title))

    @staticmethod
    def _why(known: Field, *, strict: bool) -> str:
        if strict:
            return _("有一条为「是」就是「是」")
        return _("您看不到完整内容，按规则保留") if isinstance(known, Veiled) else _("您不能修改，按规则保留")

    @staticmethod
    def _outcome(field: Field, held: Held, choice: Any, *, strict: bool) -> tuple[Any, str]:
        try:
            return outcome(field, held, choice, strict=strict), ""
        except Refused as refusal:
            return outcome(field, held, usual(field, held)), refusal.message

    def _writer(self, field: Field, held: Held) -> Callable[[Any], Markup]:
        titles = (
            titles_of(self.actor, field.to, [value for _row, value in held]) if isinstance(field, RecordRef) else {}
        )
        return writer(self.actor, field, self.fmt, titles, masked=False)

    def candidates(self, changed: Iterable[int] = ()) -> list[Candidate]:
        """The heads of the columns."""
        lives = {0: "", 1: _("已归档"), 2: _("已作废")}
        names = people.directory()
        return [
            Candidate(
                id=row.pk,
                title=self._title(row),
                code=row.code,
                owner=names.member_name(row.owner_id, self.actor.stamp) if row.owner_id else "",
                made=self.fmt.day(row.created_at),
                url=record_url(self.seen, row.pk),
                version=row.version,
                life=str(lives[row.life]),
                changed=row.pk in set(changed),
            )
            for row in self.columns
        ]
