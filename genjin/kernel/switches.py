"""Whole parts of the product that a company may do without (S2-38): while a switch is off nobody holds the grants that
begin with these words, administrators neither, so that menu, pages, JSON door and imports know nothing of the part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from genjin.kernel.company_settings import CompanySetting

T = TypeVar("T")
SWITCHES: list[tuple[tuple[str, ...], CompanySetting[bool]]] = []


def declare_switch(prefixes: tuple[str, ...], setting: CompanySetting[bool]) -> None:
    """Let a setting switch off all grants that begin with one of these."""
    SWITCHES.append((prefixes, setting))


def without_switched_off(grants: Mapping[str, T], stamp: int) -> dict[str, T]:
    """The grants that count, as the switches stand at a stamp."""
    off = tuple(prefix for prefixes, setting in SWITCHES if not setting.at(stamp) for prefix in prefixes)
    return {grant: scope for grant, scope in grants.items() if not off or not grant.startswith(off)}
