"""What the values of a column tell about what it is: how many of them a field can read."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from genjin.customers.record import CUSTOMER
from genjin.kernel import normal
from genjin.kernel.actor import Actor
from genjin.kernel.codes_store import pattern_of
from genjin.kernel.fields import Choice, MultiChoice, Tags
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.kinds import Target
from genjin.surfaces.imports.rules import CellProblem, Rule
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.values import Asked, Found, dates, people, places, reader_for, yesno
from genjin.surfaces.imports.values.found import plain, written

LOOK_AT = 40
FEWEST = 2
FEWEST_NUMBERED = 3
SURE = 0.8
AGREES, DENIES = 0.2, -0.6
_NAMES = frozenset({"customer.name", "contact.name"})
_TOLD = frozenset(
    {"choice", "multichoice", "phone", "email", "date", "datetime", "birthday", "percent", "yesno", "number", "url"}
)
_ONLY_DIGITS = re.compile(r"[\d\s.+-]+")


class Evidence:
    """Shares of the distinct values of each column that a target can read, worked out when asked for."""

    def __init__(self, actor: Actor, samples: Samples) -> None:
        self.actor, self.samples = actor, samples
        self._shares: dict[tuple[int, str], float | None] = {}
        self._readers: dict[str, Callable[[Cell], object]] = {}

    def of(self, index: int, target: Target) -> float:
        """To be added to what the heading says: values that fit speak for a target, values that do not against it."""
        share = self.share(index, target)
        if share is None:
            return 0.0
        if share < 0.3 and not _names_people(target):  # whoever is no member is asked about
            return DENIES * (1 - share)
        return 0.0 if target.name in _NAMES else AGREES * share

    def tells(self, name: str) -> bool:
        """Whether values can tell this target from others."""
        return any(known == name and share is not None for (_index, known), share in self._shares.items())

    def sure(self, index: int, target: Target) -> float:
        """How sure the values alone make a target: 0 when they do not."""
        if len(self.samples.values(index, FEWEST)) < FEWEST or not _speaks_alone(target):
            return 0.0
        share = self.share(index, target) or 0.0
        return share if share >= SURE else 0.0

    def counts_rows(self, index: int) -> bool:
        """Whether a column only numbers the rows: 1, 2, 3 … one by one."""
        values = [plain(written(value)) for value in self.samples.values(index, LOOK_AT)]
        if len(values) < FEWEST_NUMBERED or not all(value.isdecimal() and len(value) < 8 for value in values):
            return False
        first = int(values[0])
        return first in (0, 1) and [int(value) for value in values] == list(range(first, first + len(values)))

    def is_ticked(self, index: int) -> bool:
        """Whether a column says nothing but yes and no."""
        values = self.samples.values(index, LOOK_AT)
        return bool(values) and all(yesno.said(plain(written(value))) is not None for value in values)

    def share(self, index: int, target: Target) -> float | None:
        """0–1; None where values tell nothing of this target, or there are none."""
        known = (index, target.name)
        if known not in self._shares:
            self._shares[known] = self._counted(index, target)
        return self._shares[known]

    def _counted(self, index: int, target: Target) -> float | None:
        values = self.samples.values(index, LOOK_AT)
        fits = self._fitting(target)
        if not values or fits is None:
            return None
        return sum(fits(value) for value in values) / len(values)

    def _fitting(self, target: Target) -> Callable[[Cell], bool] | None:
        if target.name == "customer.code":
            pattern = _like(pattern_of(CUSTOMER, self.actor.stamp))
            return lambda value: bool(pattern.fullmatch(plain(written(value))))
        if target.field.key in ("external_code", "wechat"):
            return None
        if target.name in _NAMES:
            return lambda value: not _ONLY_DIGITS.fullmatch(plain(written(value)))
        if target.field.kind == "text" and target.field.key == "credit_code":
            return lambda value: len(plain(written(value))) == 18 and normal.check_credit_code(written(value)).ok
        if target.field.kind == "region":
            return lambda value: _is_region(plain(written(value)))
        if _names_people(target):
            members = people.Members(self.actor)
            return lambda value: bool(members.find(plain(written(value))))
        if target.field.kind == "industry":
            return None
        if target.field.kind not in _TOLD or isinstance(target.field, Tags):
            return None
        return lambda value: self._reads(target, value)

    def _reads(self, target: Target, value: Cell) -> bool:
        if target.name not in self._readers:
            asked = Asked(self.actor, Rule(0, "", target.name), target.field)
            self._readers[target.name] = reader_for(asked, target.name)
        try:
            found = self._readers[target.name](value)
        except CellProblem:
            return (
                target.field.kind in ("date", "datetime", "birthday")
                and isinstance(value, str)
                and dates.in_doubt(value)
            )
        return (found.value if isinstance(found, Found) else found) not in (None, "", [])


def _names_people(target: Target) -> bool:
    return target.field.kind == "person" or target.name == "followup.author"


def _speaks_alone(target: Target) -> bool:
    """Whether a column can be known by its values only: option lists, phones, mail, credit codes, regions, people."""
    field = target.field
    if isinstance(field, Choice):
        return not isinstance(field, MultiChoice)
    return field.kind in ("phone", "email", "region", "person") or field.key == "credit_code"


def _is_region(text: str) -> bool:
    """Whether a text is a region and no more than that: an address is none."""
    code = places.region_of(text)
    return code is not None and len(places.left_of_region(text, code)) < places.FEWEST_OF_STREET


@cache
def _like(pattern: str) -> re.Pattern[str]:
    """What the codes of a pattern look like."""
    pieces = re.split(r"(\{[^{}]*\})", pattern)
    return re.compile("".join(r"\d+" if piece.startswith("{") else re.escape(piece) for piece in pieces), re.IGNORECASE)
