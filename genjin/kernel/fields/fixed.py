"""Inputs of actions and settings, not fields of records: a choice from a list fixed in code, a piece of JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from json import dumps, loads
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from genjin.kernel.fields.base import Field, FieldError, Label

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor

Pairs = Sequence[tuple[str, Label]]


@dataclass(frozen=True, kw_only=True)
class OneOf(Field):
    """One of a fixed list of (key, label) pairs."""

    pairs: Pairs | Callable[[], Pairs]
    kind: ClassVar[str] = "oneof"

    def offered(self) -> Pairs:
        """The pairs, for selects."""
        return self.pairs() if callable(self.pairs) else self.pairs

    def offered_to(self, actor: Actor) -> Pairs:
        """The pairs that this actor may choose from."""
        return self.offered()

    def parse(self, raw: Any, actor: Actor) -> str:
        """Never None; '' stays '' where the list offers it."""
        text = str(raw or "").strip()
        if (text or self.required) and text not in {key for key, _label in self.offered_to(actor)}:
            raise FieldError(_("「%(field)s」请从列表中选择") % {"field": self.label})
        return text

    def text(self, value: Any, actor: Actor) -> str:
        """The label."""
        return str(dict(self.offered()).get(value, value or ""))


@dataclass(frozen=True, kw_only=True)
class Structured(Field):
    """A list, or with `named` an object, of JSON: as programs send it, or as text in forms."""

    named: bool = False
    most: int = 20_000
    kind: ClassVar[str] = "json"

    def parse(self, raw: Any, actor: Actor) -> Any:
        """Never None. Raises FieldError for what is no list (object)."""
        empty: Any = {} if self.named else []
        if isinstance(raw, str):
            raw = self._read(raw) if raw.strip() else empty
        found = empty if raw is None else plain_numbers(raw)
        if not isinstance(found, dict if self.named else list):
            raise FieldError(_("「%(field)s」的格式不对") % {"field": self.label})
        return found

    def _read(self, text: str) -> Any:
        try:
            if len(text) > self.most or "\x00" in text or "\\u0000" in text:
                raise ValueError
            found = loads(text)
            dumps(found, ensure_ascii=False, allow_nan=False).encode()  # neither lone surrogates nor NaN
        except (ValueError, RecursionError):
            raise FieldError(_("「%(field)s」的格式不对") % {"field": self.label}) from None
        return found


def plain_numbers(value: Any) -> Any:
    """The same with numbers that JSON can keep."""
    if isinstance(value, dict):
        return {str(key): plain_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain_numbers(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
