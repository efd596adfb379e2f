"""快速记录: what the centre of the phone's tab bar offers, and its keys on any page. Areas register theirs."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from genjin.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Quick:
    """An entry: the address of a form that opens in the dialog. `shortcut`: the letter that opens it."""

    key: str
    label: str | Promise
    icon: str
    address: str
    needs: str
    order: int = 100
    shortcut: str = ""


_entries: dict[str, Quick] = {}


def register_quick(entry: Quick) -> None:
    """Offer a form for quick recording."""
    _entries[entry.key] = entry


def quick_for(actor: Actor) -> list[Quick]:
    """What this actor may record, in order."""
    return sorted((one for one in _entries.values() if actor.may(one.needs)), key=lambda one: one.order)
