"""Which value a merged record gets (B3): the one chosen, else the master's, empty ones filled from the others; several
options and tags are united.

A field that the actor may not change is decided like this too: he learns nothing of it, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.fields import Field
from genjin.kernel.refusal import Refused

ALL = "all"
UNITED = frozenset({"tags", "multichoice", "files"})
JOINED = frozenset({"longtext"})
EMPTY: tuple[Any, ...] = (None, "", [])
BETWEEN = "\n\n"
Held = Sequence[tuple[int, Any]]
"""[(record, its value)], the master's first."""


def can_be_all(field: Field) -> bool:
    """Whether all the values can stand together."""
    return field.kind in UNITED or field.kind in JOINED


def differs(held: Held) -> bool:
    """Whether there is anything to decide: two records say different things. What is empty says nothing."""
    said = [value for _row, value in held if value not in EMPTY]
    return any(value != said[0] for value in said[1:])


def usual(field: Field, held: Held) -> int | str:
    """What is chosen unless somebody chooses: a record's id, or ALL."""
    if field.kind in UNITED and differs(held):
        return ALL
    return next((row for row, value in held if value not in EMPTY), held[0][0])


def outcome(field: Field, held: Held, choice: int | str | None = None, *, strict: bool = False) -> Any:
    """The value of the merged record. `strict`: yes when one of them says yes (asked not to be contacted). Raises
    Refused("too_long") when texts do not fit together."""
    if choice is None:
        if strict:
            return any(value for _row, value in held)
        choice = usual(field, held)
    if choice != ALL:
        return dict(held)[int(choice)]
    if field.kind in UNITED:
        return united(value or () for _row, value in held)
    text = BETWEEN.join(dict.fromkeys(value for _row, value in held if value not in EMPTY))
    most = getattr(field, "most", 0)
    if most and len(text) > most:
        words = _("「%(field)s」合在一起超过 %(most)d 个字，请选其中一份")
        raise Refused("too_long", words % {"field": field.label, "most": most}, field.key)
    return text


def united(parts: Iterable[Iterable[Any]]) -> list[Any]:
    """All of them once, in order."""
    found: list[Any] = []
    for part in parts:
        found += [one for one in part if one not in found]
    return found


def without(now: Any, before: Any, after: Any) -> tuple[Any, bool]:
    """(the value to go back to, whether all of it goes back): of several options those that the merge added go; another
    value goes back when nobody changed it since."""
    if now == after:
        return before, True
    if isinstance(now, list) and isinstance(after, list):
        added = [one for one in after if one not in (before or ())]
        return [one for one in now if one not in added], True
    return now, False
