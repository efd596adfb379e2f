"""A choice from a list that is fixed in code: for settings and inputs of actions, not for fields of records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

    def parse(self, raw: Any, actor: Actor) -> str:
        """Never None; '' stays '' where the list offers it."""
        text = str(raw or "").strip()
        if (text or self.required) and text not in {key for key, _label in self.offered()}:
            raise FieldError(_("「%(field)s」请从列表中选择") % {"field": self.label})
        return text

    def text(self, value: Any, actor: Actor) -> str:
        """The label."""
        return str(dict(self.offered()).get(value, value or ""))
