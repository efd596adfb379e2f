"""Names of a million companies that may be one's: each has some keys, and only names that share a key are compared.
Keys are numbers (`marks`) in one array that is sorted once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

from genjin.duplicates.rules import Kind
from genjin.duplicates.searching.fitting import SURE, name_percent
from genjin.duplicates.sweeping.marks import Marks, Places, look_of, marks_of, sound_of
from genjin.kernel.company_names import CompanyName, read_company
from genjin.kernel.likeness import SHORTEST

MOST_OF_KEY = 40
"""A key that more names share says nothing: 上海恒泰."""
AT_ONCE = 20_000
Pair = tuple[int, int, int]
"""Two ids, the smaller first, and how alike they are in percent."""


def pairs_of(names: Sequence[tuple[int, str]], done: Callable[[int], None]) -> Iterator[Pair]:
    """Pairs of (id, name) that may mean one company. `done` is told how many names were read."""
    keys, places = _keys(names, done)
    order = np.argsort(keys, kind="stable")
    keys, places = keys[order], places[order]
    seen: set[int] = set()
    for group in _groups(keys, places):
        for one, other in combinations(group, 2):
            if one == other:
                continue
            mark = one * len(names) + other if one < other else other * len(names) + one
            if mark in seen:
                continue
            seen.add(mark)
            mine, theirs = read_company(names[one][1]), read_company(names[other][1])
            percent = SURE[Kind.COMPANY] if mine.key == theirs.key else name_percent(mine, theirs)
            if percent:
                first, second = names[one][0], names[other][0]
                yield min(first, second), max(first, second), percent


def keys_of(read: CompanyName) -> Iterator[str]:
    """What a name shares with its other writings: its sound; its sound with a character of the trade left out; its
    beginnings; its brand as the eye takes it."""
    rest = read.rest
    if len(rest) < 2:
        return
    said = list(map(sound_of, rest))
    yield "".join(said)
    brand = min(read.brand, SHORTEST)
    looks = "".join(map(look_of, rest[:brand])) + rest[brand:]
    if looks != rest:
        yield "=" + looks
    yield "=" + rest
    if len(rest) < SHORTEST:
        return
    yield from {"".join(said[:spot] + said[spot + 1 :]) for spot in range(brand, len(said))}
    yield from {"".join(said[:size]) for size in range(max(SHORTEST, brand + 1), len(said))}


def _keys(names: Sequence[tuple[int, str]], done: Callable[[int], None]) -> tuple[Marks, Places]:
    """All keys as numbers, and whose they are."""
    parts: list[Marks] = []
    owners: list[Places] = []
    for start in range(0, len(names), AT_ONCE):
        own, whose = marks_of([read_company(name) for _id, name in names[start : start + AT_ONCE]], start)
        parts.append(own)
        owners.append(whose)
        done(min(start + AT_ONCE, len(names)))
    if not parts:
        return np.array([], dtype=np.int64), np.array([], dtype=np.int32)
    return np.concatenate(parts), np.concatenate(owners)


def _groups(keys: Marks, places: Places) -> Iterator[list[int]]:
    """Places with one key, where there are two of them and not too many."""
    if not len(keys):
        return
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    ends = np.append(starts[1:], len(keys))
    wanted = (ends - starts >= 2) & (ends - starts <= MOST_OF_KEY)
    for start, end in zip(starts[wanted].tolist(), ends[wanted].tolist(), strict=True):
        yield places[start:end].tolist()


def unite(pairs: Iterable[Pair], most: int) -> list[tuple[list[int], int]]:
    """Groups (ids, the surest pair in percent) of pairs that hang together; none larger than `most`: the surest pairs
    are united first."""
    above: dict[int, int] = {}
    held: dict[int, list[int]] = {}
    sure: dict[int, int] = {}

    def root(one: int) -> int:
        while above.get(one, one) != one:
            above[one] = above.get(above[one], above[one])
            one = above[one]
        return one

    for one, other, percent in sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1])):
        first, second = root(one), root(other)
        mine, theirs = held.get(first, [first]), held.get(second, [second])
        if first == second or len(mine) + len(theirs) > most:
            continue
        above[second] = above[first] = first
        held[first] = mine + theirs
        held.pop(second, None)
        sure[first] = max(percent, sure.get(first, 0), sure.pop(second, 0))
    return [(sorted(ids), sure[one]) for one, ids in held.items() if len(ids) > 1]
