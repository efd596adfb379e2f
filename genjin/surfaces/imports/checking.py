"""One row of a file, checked: what it brings as parsed values, what is wrong with it, what it is compared by. Nothing
is read from or written to the database here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.customers.record import CUSTOMER
from genjin.duplicates.many.asked import alternatives_at, compared_in, keys_of
from genjin.duplicates.rules import COMPARED, Compared, Entry
from genjin.followups.rules import check_moment
from genjin.kernel import normal
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.caution import Caution
from genjin.surfaces.imports.compiling import prepare
from genjin.surfaces.imports.kinds import KINDS, OWNER, Kind
from genjin.surfaces.imports.models import Import
from genjin.surfaces.imports.policy import Policy
from genjin.surfaces.imports.rules import WHOLE_ROW, Problem, Rule, rules_from_json
from genjin.surfaces.imports.settling import Settling

Parts = dict[str, dict[str, Any]]
MOST_KEPT = 10_000
STAGED = {("customer", "name"): "name_key", ("customer", "phone"): "phone", ("customer", "credit_code"): "credit_code"}
"""What is compared of customers has columns of its own; of all others it is kept in `keys`."""
PLAIN = frozenset({str, int, float, bool, type(None)})
READ_ALREADY = frozenset({"text", "longtext", "phone", "email", "url"})
FOLLOWUP_ALONE = frozenset({"author", "contact"})  # a row with nothing but people brings no follow-up


class Reader(Protocol):
    """What makes raw inputs of cells: {part: {field: raw}} and what is wrong with single cells."""

    def read(self, cells: Sequence[Cell]) -> tuple[Parts, list[Problem]]:
        """Read one row."""
        ...


@dataclass(slots=True)
class Checked:
    """A row as it would be brought in."""

    values: Parts
    problems: list[Problem]
    title: str = ""
    name_key: str = ""
    fuzzy_key: str = ""
    phone: str = ""
    credit_code: str = ""
    external_code: str = ""
    code: str = ""
    left_out: bool = False
    keys: dict[str, Any] = field(default_factory=dict)

    @property
    def bad(self) -> bool:
        """Whether something keeps it from being brought in."""
        return any(problem.blocking for problem in self.problems)


@dataclass
class Checker:
    """Checks rows of one import; made once, used for all of its rows."""

    actor: Actor
    kind: str
    rules: Sequence[Rule]
    reader: Reader
    now: dt.datetime = field(default_factory=timezone.now)
    given: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kind = KINDS[self.kind]
        self.main = kind.main
        self.anchor = kind.anchor.key
        self.parts = [part.key for part in kind.parts if part.key != self.anchor]
        self.inputs: dict[str, dict[str, Field]] = {
            part.key: {**part.inputs(self.actor), **{f.key: f for f in part.finders}} for part in kind.parts
        }
        self.places = {rule.target: rule.index for rule in self.rules if rule.target}
        self._caution = Caution(self.actor, self.inputs, self.places)
        self._made: dict[str, dict[str, Callable[[Any], Any]]] = {}
        self._settling = Settling(self.actor, kind, self.places, self.given)
        self._compared = compared_beside(self.actor, kind)

    def check(self, cells: Sequence[Cell]) -> Checked:
        """Read and check one row."""
        raw, problems = self.reader.read(cells)
        values = {part: self._parsed(part, given, problems) for part, given in raw.items() if given}
        row = Checked(values, problems, left_out=self._settling.complete(values))
        problems += self._caution.look(values, cells)
        if not row.bad:
            problems += self._settling.settle(values)
        self._identify(row)
        if self._compared:
            row.keys = keys_of(self._compared, values.get(self.main, {}))
        if not row.bad:
            problems += self._missing(row)
        return row

    def _parsed(self, part: str, given: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
        if part == OWNER:
            return dict(given)
        checks = self._checks(part)
        parsed = {}
        for key, raw in given.items():
            try:
                value = checks[key](raw)
            except FieldError as error:
                problems.append(Problem(self.places.get(f"{part}.{key}", WHOLE_ROW), str(error)))
                continue
            if value is not None and value != "" and value != []:
                parsed[key] = value
        return parsed

    def _checks(self, part: str) -> dict[str, Callable[[Any], Any]]:
        """What turns the raw inputs of a part into values, once and for all rows."""
        found = self._made.get(part)
        if found is None:
            inputs = self.inputs[part.partition(".")[0]]
            found = self._made[part] = {key: _check_of(field, self.actor) for key, field in inputs.items()}
        return found

    def _identify(self, row: Checked) -> None:
        """What the customer of the row is known by; of other records their title only."""
        if self.anchor != CUSTOMER.key:
            row.title = str(row.values.get(self.anchor, {}).get(RECORD_TYPES[self.anchor].title) or "")[:200]
            return
        customer = row.values.get("customer", {})
        name = customer.get("name") or ""
        row.title = name[:200]
        if name:
            row.name_key = normal.company_key(name)[:200]
            fuzzy = normal.company_fuzzy_key(name)[:200]
            row.fuzzy_key = fuzzy if len(fuzzy) >= 2 else ""
        row.phone = customer.get("phone") or ""
        row.credit_code = customer.get("credit_code") or ""
        row.external_code = customer.get("external_code") or ""
        row.code = customer.get("code") or ""

    def _missing(self, row: Checked) -> Iterator[Problem]:
        if self.anchor == CUSTOMER.key and not (row.name_key or row.external_code or row.code):
            yield Problem(WHOLE_ROW, _("没有编号和姓名，不知道是哪位客户"))  # S0-41
            return
        if "followup" in self.parts:
            yield from self._followup(row)
        for part, given in row.values.items():
            if part.startswith("contact") and not given.get("name"):
                given["name"] = row.title[:60] or given.get("phone", "") or row.external_code
        for part in self.parts:
            if part == self.main and not row.values.get(part):
                yield Problem(WHOLE_ROW, _("这一行没有要导入的内容"))

    def _followup(self, row: Checked) -> Iterator[Problem]:
        given = row.values.get("followup")
        if not given:
            return
        if not given.keys() - FOLLOWUP_ALONE:
            del row.values["followup"]
        elif "occurred_at" not in given:
            yield Problem(WHOLE_ROW, _("没有跟进日期"))
        else:
            try:
                check_moment(given["occurred_at"], self.now)
            except Refused as refusal:
                yield Problem(self.places.get("followup.occurred_at", WHOLE_ROW), refusal.message)


def compared_beside(actor: Actor, kind: Kind) -> tuple[Compared, ...]:
    """What the rules for imports compare of the rows' records, but what customers have columns for."""
    if kind.main not in COMPARED or kind.main not in RECORD_TYPES:
        return ()
    asked = compared_in(alternatives_at(RECORD_TYPES[kind.main], Entry.IMPORT, actor.stamp))
    return tuple(each for each in asked if (kind.main, each.field) not in STAGED)


def _check_of(field: Field, actor: Actor) -> Callable[[Any], Any]:
    """The field's own check. Texts come out of their readers checked; of the others each text is checked once."""
    if field.kind == "record":  # its reader has found it
        return lambda raw: raw
    if field.kind in READ_ALREADY:
        return lambda raw: raw if type(raw) is str else field.parse(raw, actor)
    kept: dict[Any, Any] = {}

    def check(raw: Any) -> Any:
        if type(raw) is not str:
            return field.parse(raw, actor)
        if raw not in kept:
            value = field.parse(raw, actor)
            if len(kept) >= MOST_KEPT or isinstance(value, list):
                return value
            kept[raw] = value
        return kept[raw]

    return check


def packed(values: Parts) -> Parts:
    """Parsed values as JSON keeps them."""
    return {
        part: {key: value if type(value) in PLAIN else _packed(value) for key, value in given.items()}
        for part, given in values.items()
        if given
    }


def unpacked(values: Parts) -> Parts:
    """Parsed values out of JSON."""
    return {
        part: {key: _unpacked(value) if isinstance(value, dict) else value for key, value in given.items()}
        for part, given in values.items()
    }


def _packed(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    return {"n": str(value)} if isinstance(value, Decimal) else value


def _unpacked(value: dict[str, str]) -> Any:
    ((kind, text),) = value.items()
    if kind == "t":
        return dt.datetime.fromisoformat(text)
    return dt.date.fromisoformat(text) if kind == "d" else Decimal(text)


def cells_as_json(cells: Sequence[Cell]) -> list[Any]:
    """Cells as they are kept; what JSON does not know becomes text that reads back the same."""
    return [cell if type(cell) in PLAIN else _cell(cell) for cell in cells]


def _cell(cell: Any) -> str:
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def mended(cells: Sequence[Any], fixes: Mapping[str, str]) -> list[Any]:
    """The cells with what was written over them."""
    row = list(cells)
    for index, text in fixes.items():
        row += [None] * (int(index) + 1 - len(row))
        row[int(index)] = text or None
    return row


def checker_of(actor: Actor, batch: Import) -> Checker:
    """The checker of an import's rows, by its rules. Raises Refused("bad_rule")."""
    rules = rules_from_json(batch.rules)
    given = Policy.from_json(batch.policy).given
    return Checker(actor, batch.kind, rules, prepare(actor, KINDS[batch.kind], rules), given=given)
