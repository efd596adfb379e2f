"""Taking turns (B20): one line of people; whoever takes one goes to its end.

Whoever cannot take one now (off duty, full) keeps his place, so the next one is his when he can; he does not gather
turns. Whoever passes within the time keeps his turn once; the second pass in a row, and letting the time run out, cost
it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Turns:
    """The line, who comes next first, and who passed since he last took one."""

    line: tuple[int, ...] = ()
    passed: frozenset[int] = frozenset()


def lined_up(turns: Turns, members: Sequence[int]) -> Turns:
    """The line as the scheme has it now: who left is gone, who is new stands at the end."""
    stayed = tuple(member for member in turns.line if member in set(members))
    new = tuple(member for member in members if member not in set(stayed))
    return Turns(stayed + new, turns.passed & frozenset(members))


def next_in(turns: Turns, able: Collection[int]) -> int | None:
    """Whose turn it is among those who can; None when nobody can."""
    return next((member for member in turns.line if member in able), None)


def took(turns: Turns, member: int, *, offered: bool = False) -> Turns:
    """He had his turn. An offer only lends it: whether he passes is not known yet."""
    line = (*(one for one in turns.line if one != member), member)
    return Turns(line, turns.passed if offered else turns.passed - {member})


def settled(turns: Turns, member: int) -> Turns:
    """He took what was offered to him: passes from before are forgotten."""
    return Turns(turns.line, turns.passed - {member})


def passed_on(turns: Turns, member: int) -> Turns:
    """He passed an offer in time: the next one is his, unless he passed the one before as well."""
    if member in turns.passed or member not in turns.line:
        return Turns(turns.line, turns.passed - {member})
    return Turns((member, *(one for one in turns.line if one != member)), turns.passed | {member})


def let_lapse(turns: Turns, member: int) -> Turns:
    """He did not answer in time: his turn is gone."""
    return Turns(turns.line, turns.passed - {member})
