"""Under which loose keys a company may be kept that is written as this name: all that one slip or a place more or less
makes of it. Looked up in the index of loose keys, so that no index of its own is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from genjin.kernel.company_names import CompanyName, read_company
from genjin.kernel.likeness import SHORTEST
from genjin.kernel.normal import company_fuzzy_key
from genjin.kernel.regions import region
from genjin.kernel.slips import taken_for

MOST_KEYS = 1_200
SHORT = 6
"""In a name as short as this, every character is tried; in a longer one those of the brand."""
MOST_PLACES = 3


@lru_cache(maxsize=1024)
def keys_like(name: str) -> tuple[str, ...]:
    """Loose keys, the likeliest first, at most MOST_KEYS."""
    read = read_company(name)
    return tuple(islice(dict.fromkeys(_keys(name, read)), MOST_KEYS))


def heads_of(name: str) -> tuple[tuple[str, int, int], ...]:
    """(beginning, fewest, most characters) of loose keys that begin as this name does. What is short or common begins
    too many."""
    rest = read_company(name)
    size, brand = len(rest.rest), min(rest.brand, SHORTEST)
    if size < 3:
        return ()
    head = rest.rest[: max(brand + 1, (size + 1) // 2)]
    heads = {head: (size - 2, size * 2 + 8)}
    if size > brand >= 2:
        heads.setdefault(rest.rest[:brand], (size - 1, size + 4))
    return tuple((text, least, most) for text, (least, most) in heads.items())


def _keys(name: str, read: CompanyName) -> Iterator[str]:
    rest, size = read.rest, len(read.rest)
    yield company_fuzzy_key(name)
    if size < 2:
        return
    yield rest
    for place in _places(read):
        for spot in (0, read.brand, size):
            yield rest[:spot] + place + rest[spot:]
    if read.branch:
        yield rest + read.branch
    if size < SHORTEST:
        yield from _slips(rest, size)
        return
    yield from (rest[:spot] + rest[spot + 1 :] for spot in range(size))
    yield from (rest[:part] for part in range(SHORTEST, size))
    swapped = (rest[:spot] + rest[spot + 1] + rest[spot] + rest[spot + 2 :] for spot in range(size - 1))
    yield from swapped
    yield from _slips(rest, size if size <= SHORT else min(read.brand, SHORTEST))


def _places(read: CompanyName) -> list[str]:
    known = (region(code) for code in sorted(read.places))
    return list(dict.fromkeys(one.short for one in known if one))[:MOST_PLACES]


def _slips(rest: str, spots: int) -> Iterator[str]:
    for spot in range(spots):
        for other in taken_for(rest[spot]):
            yield rest[:spot] + other + rest[spot + 1 :]
