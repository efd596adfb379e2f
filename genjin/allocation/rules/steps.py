"""Conditions on a record's option fields, and the ordered rules made of them (B20: by region, source, industry)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Wanted = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Step:
    """Records that fit go to these people (none named: all of the scheme), who are chosen among by `mode`."""

    conditions: Wanted
    members: tuple[int, ...] = ()
    mode: str = "turns"


def covers(kind: str, wanted: str, value: Any) -> bool:
    """Whether a stored value is the wanted one: a region or industry takes what lies inside along, one of several
    options is enough."""
    if kind == "region":
        return str(value).startswith(wanted[:2] if wanted.endswith("0000") else wanted.removesuffix("00"))
    if kind == "industry":
        return str(value).startswith(wanted)
    if isinstance(value, list | tuple):
        return wanted in value
    return bool(value == wanted)


def fits(conditions: Wanted, values: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    """Whether a record with these values meets all conditions ({"region.in": ["320000"]}). A field that is gone fits
    nothing: a broken rule gives nobody anything."""
    for name, wanted in conditions.items():
        key = name.rpartition(".")[0]
        value = values.get(key)
        if key not in kinds or not value or not any(covers(kinds[key], one, value) for one in wanted):
            return False
    return True


def first_fitting(steps: Sequence[Step], values: Mapping[str, Any], kinds: Mapping[str, str]) -> int | None:
    """The place of the first step that a record meets; None when none does."""
    return next((place for place, step in enumerate(steps) if fits(step.conditions, values, kinds)), None)
