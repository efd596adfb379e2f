"""What a row brings beyond one value for one column: pieces of a field in several columns, what goes to the remarks,
several people in one cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.folding import is_han
from genjin.kernel.tables import Cell
from genjin.kernel.wording import labelled
from genjin.surfaces.imports.kinds import EXTRA, OWNER, Kind, Part
from genjin.surfaces.imports.rules import CellProblem, Problem, Rule
from genjin.surfaces.imports.values import Asked, Found, reader_for
from genjin.surfaces.imports.values.clock import split_time
from genjin.surfaces.imports.values.found import is_nothing, plain, written

if TYPE_CHECKING:
    from genjin.surfaces.imports.compiling import Column

_FRACTION = re.compile(r"0?\.\d+")
_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A row in the making."""

    actor: Actor
    kind: Kind
    raw: dict[str, dict[str, Any]]
    problems: list[Problem]

    def remark(self, part_key: str, label: str, text: str, index: int) -> None:
        """Add 「label：text」 to the remarks of a part, else of the row's main record; told when none has remarks."""
        part = self._with_remarks(part_key)
        if part is None:
            words = _("这里没有可以写入的备注，没有导入“%(text)s”") % {"text": text[:40]}
            self.problems.append(Problem(index, words, blocking=False))
            return
        values = self.raw.setdefault(part.key, {})
        before = values.get(part.remarks)
        line = labelled(label, text)
        values[part.remarks] = f"{before}\n{line}" if before else line

    def _with_remarks(self, part_key: str) -> Part | None:
        parts = [self.kind.by_key.get("customer" if part_key == OWNER else part_key), self.kind.by_key[self.kind.main]]
        return next((p for p in parts if p is not None and p.remarks in p.inputs(self.actor)), None)


def compose(row: Row, found: Sequence[tuple[Column, Found]], aside: Sequence[tuple[Column, Cell]]) -> None:
    """Put together what stands in several columns, spread what stands in one."""
    for column, one in found:
        if one.value not in (None, ""):
            row.raw.setdefault(column.target.part, {})[column.target.field.key] = one.value
    _pieces(row, aside)
    people = next((f for c, f in found if c.target.name == "contact.name" and len(f.several) > 1), None)
    phones = next((f for c, f in found if c.target.name == "contact.phone"), None)
    spread = people is not None and _spread(row, people, phones)
    for column, one in found:
        several = spread and column.target.part == "contact"
        _settle(row, column, one, spread=several and one in (people, phones))
    if people is not None and not spread:
        _told_as_others(row, people, next(c for c, f in found if f is people))
    for column, cell in aside:
        if column.target.name.startswith(EXTRA):
            text = _said(cell)
            if text:
                row.remark(column.target.part, column.heading, text, column.index)
    if "contact" in row.raw and row.kind.main != "contact" and "name" not in row.raw["contact"]:
        _to_customer(row)


def _settle(row: Row, column: Column, found: Found, *, spread: bool) -> None:
    """What a cell said besides its value."""
    part = column.target.part
    if not spread:
        _beside(row, column, found)
    for text in () if spread and found.several else found.rest:
        row.remark(part, column.heading, text, column.index)
    if found.hint and not spread:
        row.problems.append(Problem(column.index, found.hint, blocking=False))


def _beside(row: Row, column: Column, found: Found) -> None:
    """Other fields that a cell gave: kept where their own columns gave nothing, else in the remarks."""
    part = column.target.part
    values = row.raw.setdefault(part, {})
    for key, value in found.others.items():
        if values.setdefault(key, value) != value:
            field = row.kind.by_key[part].inputs(row.actor)[key]
            row.remark(part, str(field.label), field.text(field.parse(value, row.actor), row.actor), column.index)
    if not values:
        del row.raw[part]


def _spread(row: Row, people: Found, phones: Found | None) -> bool:
    """Make each person of a cell a contact, when there are as many phones as people, or none."""
    single = row.raw["contact"].get("phone")
    numbers = phones.several if phones is not None and phones.several else ((single,) if single else ())
    if numbers and len(numbers) != len(people.several):
        return False
    positions = _positions(row, len(people.several))
    for place, person in enumerate(people.several):
        values = row.raw["contact"] if not place else row.raw.setdefault(f"contact.{place + 1}", {})
        values["name"] = person.value if isinstance(person, Found) else person
        if numbers:
            values["phone"] = numbers[place]
        if positions:
            values["position"] = positions[place]
        for key, value in person.others.items() if isinstance(person, Found) else ():
            values.setdefault(key, value)
    return True


def _positions(row: Row, count: int) -> list[str]:
    parts = [part.strip() for part in re.split(r"[、,;，；/|]", row.raw["contact"].get("position", ""))]
    return parts if len(parts) == count and all(parts) else []


def _told_as_others(row: Row, people: Found, column: Column) -> None:
    names = [str(one.value if isinstance(one, Found) else one) for one in people.several[1:]]
    row.remark("contact", _("其他联系人"), "、".join(names), column.index)
    words = _("有 %(count)d 个姓名，和电话个数对不上：第一个作为联系人，其余的写入备注")
    row.problems.append(Problem(column.index, words % {"count": len(people.several)}, blocking=False))


def _to_customer(row: Row) -> None:
    """A way to reach somebody without a name is the customer's own; what he has already goes to his remarks."""
    customer = row.kind.by_key["customer"].inputs(row.actor)
    contact = row.kind.by_key["contact"].inputs(row.actor)
    values = row.raw.setdefault("customer", {})
    for key, value in row.raw.pop("contact").items():
        if key in customer and customer[key].kind == contact[key].kind and key not in values:
            values[key] = value
        elif value not in (None, "", False) and values.get(key) != value:
            field = contact[key]
            row.remark("customer", str(field.label), field.text(field.parse(value, row.actor), row.actor), 0)


def _pieces(row: Row, aside: Sequence[tuple[Column, Cell]]) -> None:
    """Put fields together whose pieces stand in columns of their own."""
    gathered: dict[tuple[str, str], dict[str, tuple[str, int]]] = {}
    for column, cell in aside:
        part = row.kind.by_key.get(column.target.part)
        piece = next((p for p in part.pieces if p.key == column.target.field.key), None) if part else None
        if piece is None or column.target.name.startswith(EXTRA):
            continue
        if piece.key == "time":
            _timed(row, column, piece.of, cell)
            continue
        text = _said(cell)
        if text:
            gathered.setdefault((column.target.part, piece.of), {})[piece.key] = (text, column.index)
    for (part_key, of), pieces in gathered.items():
        if of not in row.raw.get(part_key, {}):
            _put_together(row, part_key, of, pieces)


def _put_together(row: Row, part_key: str, of: str, pieces: dict[str, tuple[str, int]]) -> None:
    part = row.kind.by_key[part_key]
    order = [piece.key for piece in part.pieces if piece.key in pieces]
    texts = [pieces[key][0] for key in order]
    index = pieces[order[-1]][1]
    han = all(is_han(char) for text in texts for char in text)
    words = "".join(texts) if of != "name" or han else " ".join(reversed(texts))
    rule = Rule(index, "", f"{part_key}.{of}")
    field = part.inputs(row.actor)[of]
    try:
        found = reader_for(Asked(row.actor, rule, field), rule.target)(words)
    except CellProblem as problem:
        row.problems.append(Problem(index, problem.words, problem.suggestion))
        return
    value = found.value if isinstance(found, Found) else found
    if value:
        row.raw.setdefault(part_key, {})[of] = value


def _timed(row: Row, column: Column, of: str, cell: Cell) -> None:
    """Give a moment the time of day that stands in another column."""
    moment = row.raw.get(column.target.part, {}).get(of)
    clock = _clock(cell)
    if clock is None:
        words = _("看不懂时刻“%(text)s”，请写成 14:30 这样") % {"text": _said(cell)[:30]}
        if _said(cell):
            row.problems.append(Problem(column.index, words))
    elif isinstance(moment, datetime) and moment.time() == time():
        row.raw[column.target.part][of] = moment.replace(hour=clock.hour, minute=clock.minute, second=clock.second)


def _clock(cell: Cell) -> time | None:
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, timedelta):
        return (_MIDNIGHT + cell).time() if timedelta() <= cell < timedelta(days=1) else None
    if isinstance(cell, float) or (isinstance(cell, str) and _FRACTION.fullmatch(cell)):
        seconds = round(float(cell) * 86_400)
        return (_MIDNIGHT + timedelta(seconds=seconds)).time() if 0 <= seconds < 86_400 else None
    before, clock = split_time(plain(written(cell)))
    return clock if not before else None


def _said(cell: Cell) -> str:
    """A cell as a line of the remarks."""
    text = written(cell).strip()
    return "" if is_nothing(plain(text), unknown=False) else text
