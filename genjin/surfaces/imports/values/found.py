"""What the readers of cells have in common: what they find, what counts as empty, texts and numbers made plain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError
from genjin.kernel.tables import Cell, fault_of
from genjin.surfaces.imports.rules import CellProblem, Rule

MOST_SHOWN = 30
DIGITS_KEPT = 15  # what a spreadsheet keeps of a number
_NOTHING_WORDS = "- -- --- — —— – / \\ . 。 n/a na #n/a null nil none nan (空) (blank) 空 空白 \\n"
_UNKNOWN_WORDS = "无 暂无 没有 未知 不详 待定 未填 未填写 待补充 unknown tbd"
_NOTHING, _UNKNOWN = frozenset(_NOTHING_WORDS.split()), frozenset(_UNKNOWN_WORDS.split())
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Found:
    """A value and what else the cell said: `others` {input key: value} of the same part, kept where nothing else gives
    them; `rest`, texts for the remarks; `hint`, what to tell about it; `several`, all values of the cell."""

    value: Any
    others: Mapping[str, Any] = field(default_factory=dict)
    rest: tuple[str, ...] = ()
    hint: str = ""
    several: tuple[Any, ...] = ()


Reader: TypeAlias = Callable[[Cell], Any]
"""A raw input for the field's `parse`, a Found, or None for an empty cell. Raises CellProblem."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader is made for: whose import, which column by which rule, for which field. `at_hand`: keys of the
    inputs of the same part."""

    actor: Actor
    rule: Rule
    field: Field
    at_hand: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """The field's words."""
        return str(self.field.label)

    def parse(self, raw: Any) -> Any:
        """The field's own reading. Raises CellProblem."""
        try:
            return self.field.parse(raw, self.actor)
        except FieldError as error:
            raise CellProblem(str(error)) from None


def plain(text: str) -> str:
    """Full width to half width, nothing invisible, single spaces."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


def is_nothing(text: str, *, unknown: bool = True) -> bool:
    """Whether a plain text stands for an empty cell: `-`, `N/A`; with `unknown` also 无, 不详."""
    lowered = text.casefold()
    return not text or lowered in _NOTHING or (unknown and lowered in _UNKNOWN)


def refuse_broken(text: str) -> None:
    """Raises CellProblem for the error of a formula; one that only found nothing (#N/A) leaves the cell empty."""
    if text.startswith("#") and text != "#N/A" and (words := fault_of(text)):
        raise CellProblem(words)


def written(cell: Cell) -> str:
    """A cell as the text a person sees in it; numbers with all their digits."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return _("是") if cell else _("否")
    if isinstance(cell, float):
        return digits_of(cell)
    if isinstance(cell, datetime):
        moment = cell.isoformat(" ", "minutes" if not cell.second else "seconds")
        return moment.removesuffix(" 00:00")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def digits_of(number: float) -> str:
    """A number without exponent: 1.38e10 is 13800000000."""
    if isinstance(number, int) or not isfinite(number):
        return str(number)
    if float(number).is_integer() and abs(number) < 1e22:
        return str(int(number))
    return format(Decimal(repr(number)), "f")


def shortened(text: str) -> str:
    """A text as it is quoted in a message."""
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
