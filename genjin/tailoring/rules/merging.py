"""Two who arrange the same layout at once: what either changed, taken apart into single things and put together again.
Pure values: an arrangement is {"sections": [...], "overlays": {...}, "quick": [...]} as the editor sends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Arrangement = Mapping[str, Any]
Thing = tuple[str, ...]
"""("name", section), ("when", section), ("home", field), ("overlay", field, what), ("quick", field); ("order", section)
of its fields, ("order",) of the sections"""
NEW = "+"


@dataclass(frozen=True)
class Change:
    """One thing that was changed: from what, to what; None: it was not there, or is gone."""

    thing: Thing
    before: Any
    after: Any


@dataclass(frozen=True)
class Merged:
    """Both together; where both changed the same thing differently (`clashes`, as the others changed it) it is mine."""

    arrangement: dict[str, Any]
    clashes: list[Change]


def changes(before: Arrangement, after: Arrangement) -> list[Change]:
    """What was changed, in the order of things."""
    was, now = _things(before), _things(after)
    found = [Change(t, was.get(t), now.get(t)) for t in {**was, **now} if was.get(t) != now.get(t)]
    for thing, one, other in _orders(before, after):
        common = set(one) & set(other)
        olds, news = [k for k in one if k in common], [k for k in other if k in common]
        if olds != news:
            found.append(Change(thing, olds, news))
    return found


def merge(base: Arrangement, mine: Arrangement, theirs: Arrangement) -> Merged:
    """What I changed since `base`, and what they changed."""
    mine = {**mine, "sections": _numbered(mine["sections"])}
    was, my, their = _things(base), _things(mine), _things(theirs)
    kept: dict[Thing, Any] = {}
    clashes = []
    for thing in {**their, **my, **was}:
        b, m, t = was.get(thing), my.get(thing), their.get(thing)
        kept[thing] = t if m == b else m
        if m != b and t not in (b, m):
            clashes.append(Change(thing, b, t))
    homes = {thing[1]: value for thing, value in kept.items() if thing[0] == "home" and value}
    sections = {thing[1] for thing, value in kept.items() if thing[0] == "name" and value} | set(homes.values())
    names = {key: kept.get(("name", key)) or my.get(("name", key)) or was.get(("name", key)) for key in sections}
    in_order, clash = _ordered(_keys(base), _keys(mine), _keys(theirs), sections)
    clashes += [Change(("order",), _keys(base), _keys(theirs))] if clash else []
    made = []
    for key in in_order:
        fields = {f for f, home in homes.items() if home == key}
        sequence, clash = _ordered(_fields(base, key), _fields(mine, key), _fields(theirs, key), fields)
        clashes += [Change(("order", key), _fields(base, key), _fields(theirs, key))] if clash else []
        label, english = names[key] or ("", "")
        own = "" if key.startswith(NEW) else key
        when = kept.get(("when", key))
        made.append({"key": own, "label": label, "english": english, "fields": sequence, "shown_when": when})
    overlays: dict[str, dict[str, Any]] = {}
    for thing, value in kept.items():
        if thing[0] == "overlay" and value is not None:
            overlays.setdefault(thing[1], {})[thing[2]] = value
    quick, _clash = _ordered(base["quick"], mine["quick"], theirs["quick"], _quick(kept))
    return Merged({"sections": made, "overlays": overlays, "quick": quick}, clashes)


def _things(arrangement: Arrangement) -> dict[Thing, Any]:
    found: dict[Thing, Any] = {}
    for section in arrangement["sections"]:
        key = section["key"]
        found["name", key] = (section["label"], section["english"])
        if section.get("shown_when"):
            found["when", key] = section["shown_when"]
        found |= {("home", field): key for field in section["fields"]}
    for field, overlay in arrangement["overlays"].items():
        found |= {("overlay", field, what): value for what, value in overlay.items()}
    return found | {("quick", field): True for field in arrangement["quick"]}


def _orders(before: Arrangement, after: Arrangement) -> Iterable[tuple[Thing, list[str], list[str]]]:
    yield ("order",), _keys(before), _keys(after)
    for key in _keys(before):
        yield ("order", key), _fields(before, key), _fields(after, key)


def _numbered(sections: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Sections that are new have no key yet."""
    return [{**section, "key": section["key"] or f"{NEW}{place}"} for place, section in enumerate(sections)]


def _keys(arrangement: Arrangement) -> list[str]:
    return [section["key"] for section in arrangement["sections"]]


def _fields(arrangement: Arrangement, key: str) -> list[str]:
    return next((list(s["fields"]) for s in arrangement["sections"] if s["key"] == key), [])


def _quick(kept: Mapping[Thing, Any]) -> set[str]:
    return {thing[1] for thing, value in kept.items() if thing[0] == "quick" and value}


def _ordered(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str], wanted: set[str]
) -> tuple[list[str], bool]:
    """The wanted ones in my order where I changed it, else in theirs; whether both changed it differently."""
    common = set(base) & set(mine) & set(theirs) & wanted
    b, m, t = ([k for k in keys if k in common] for keys in (base, mine, theirs))
    main, other = (theirs, mine) if m == b else (mine, theirs)
    found = [key for key in main if key in wanted]
    for place, key in enumerate(other):
        if key in wanted and key not in found:
            before = next((k for k in reversed(other[:place]) if k in found), None)
            found.insert(found.index(before) + 1 if before else 0, key)
    found += sorted(wanted - set(found))
    return found, m != b and t not in (b, m)
