"""Records with owners of their own that nonetheless go along when the record above them changes hands (B4 P9): areas
say which. What belongs to a record follows it without being named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from genjin.kernel.recording import standing_note
from genjin.ownership.models import Rule


@dataclass(frozen=True)
class Follower:
    """Records of type `key` that name one of type `above` in `column`. `which(before)`: those that follow one who
    belonged to a member (None: to nobody); None for none."""

    above: str
    key: str
    column: str
    which: Callable[[int | None], Q | None]


@dataclass(frozen=True)
class Along:
    """Records of type `key` that name one of type `above` in `column` and fit."""

    above: str
    key: str
    column: str
    fitting: Q


FOLLOWERS: dict[str, list[Follower]] = {}


def register_follower(follower: Follower) -> None:
    """Let records of a type go along with those above them."""
    FOLLOWERS.setdefault(follower.above, []).append(follower)


TEAMS: dict[str, list[Along]] = {}


def register_along(along: Along) -> None:
    """Let records of a type get teammates along with those above them (B5), where whoever adds them chooses so."""
    TEAMS.setdefault(along.above, []).append(along)


def along_with(record_type: str) -> Iterator[Along]:
    """What may get teammates along with records of a type."""
    return iter(TEAMS.get(record_type, ()))


def followers_of(record_type: str) -> Iterator[Follower]:
    """What may go along with records of a type."""
    return iter(FOLLOWERS.get(record_type, ()))


def goes_back(rule: Rule) -> bool:
    """Whether an owner changes because something is undone."""
    return rule is Rule.UNDONE or "undoes" in standing_note.get()
