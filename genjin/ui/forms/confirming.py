"""Inputs by which a refusal is confirmed (`…_known`): forms draw them only when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import QueryDict

from genjin.kernel.careful import CONFIRMED
from genjin.kernel.fields import Field
from genjin.kernel.refusal import Refused
from genjin.ui.forms.controls import Control

CONFIRMATION = "_known"


def to_draw(fields: Iterable[Field], refusal: Refused | None, sent: QueryDict) -> list[Field]:
    """The fields without confirmations that nobody asks for."""
    return [f for f in fields if not f.key.endswith(CONFIRMATION) or asks(f.key, refusal, sent)]


def put_beside(asked: Control, parts: Sequence[list[Control]]) -> None:
    """Put a confirmation behind the first control that is wrong, where people look; without one in front of all."""
    for part in parts:
        for place, control in enumerate(part):
            if control.given.get("error"):
                part.insert(place + 1, asked)
                return
    parts[0].insert(0, asked)


def asks(key: str, refusal: Refused | None, sent: QueryDict) -> bool:
    """Whether a confirmation is asked for after a refusal: it is named, or was given before and stays."""
    if refusal is None:
        return False
    named = refusal.facts.get("confirm")
    return bool(sent.get(key)) or (key == named if named else key != CONFIRMED)
