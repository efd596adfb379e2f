"""The input fields that only duplicates need: what a rule asks, what it does where. Only their shape is checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from genjin.duplicates.rules import Effect, Entry, How
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError
from genjin.kernel.fields.base import Label
from genjin.kernel.fields.fixed import Structured


@dataclass(frozen=True, kw_only=True)
class Alternatives(Structured):
    """[[{"field": "name", "how": "fuzzy"}, …], …]."""

    def parse(self, raw: Any, actor: Actor) -> list[list[dict[str, str]]]:
        """Without empty groups. Raises FieldError."""
        found = super().parse(raw, actor)
        if not all(isinstance(group, list) and all(isinstance(each, dict) for each in group) for group in found):
            raise FieldError(_("「%(field)s」的格式不对") % {"field": self.label})
        return [[self._condition(each) for each in group] for group in found if group]

    def _condition(self, each: dict[str, Any]) -> dict[str, str]:
        field, how = str(each.get("field", "")), str(each.get("how", How.EXACT))
        if set(each) - {"field", "how"} or how not in set(How):
            raise FieldError(_("「%(field)s」的格式不对") % {"field": self.label})
        return {"field": field, "how": how}


@dataclass(frozen=True, kw_only=True)
class Effects(Structured):
    """{"create": "warn", "api": "block"}; entries that are not named are off."""

    named: bool = True

    def parse(self, raw: Any, actor: Actor) -> dict[str, str]:
        """Raises FieldError for an entry or effect that does not exist."""
        found = super().parse(raw, actor)
        if set(found) - set(Entry) or any(effect not in set(Effect) for effect in found.values()):
            raise FieldError(_("「%(field)s」的格式不对") % {"field": self.label})
        return {str(entry): str(found[entry]) for entry in Entry if found.get(entry, Effect.OFF) != Effect.OFF}


@dataclass(frozen=True, kw_only=True)
class Several(Field):
    """Several of a fixed list of (key, label) pairs."""

    pairs: Sequence[tuple[str, Label]] | Callable[[], Sequence[tuple[str, Label]]]
    kind: ClassVar[str] = "several"

    def offered(self) -> Sequence[tuple[str, Label]]:
        """The pairs."""
        return self.pairs() if callable(self.pairs) else self.pairs

    def parse(self, raw: Any, actor: Actor) -> list[str]:  # noqa: ARG002 - one signature for all kinds
        """Raises FieldError for one that is not in the list."""
        parts = raw if isinstance(raw, list | tuple) else str(raw or "").split(",")
        given = {str(part).strip() for part in parts if str(part).strip()}
        known = [key for key, _label in self.offered()]
        if given - set(known):
            raise FieldError(_("「%(field)s」请从列表中选择") % {"field": self.label})
        return [key for key in known if key in given]
