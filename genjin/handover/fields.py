"""Whom a handover is about: a member, also one who has left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Person
from genjin.org.queries import organisation


@dataclass(frozen=True, kw_only=True)
class Leaver(Person):
    """A member by name, phone or id; one who has left by his id only."""

    def parse_given(self, raw: Any, actor: Actor) -> Any:
        """The member's id. Raises FieldError."""
        text = str(raw).strip()
        if text.isascii() and text.isdecimal() and len(text) < 18 and int(text) in organisation(actor).people:
            return int(text)
        return super().parse_given(raw, actor)
