"""The menu: areas register their entries in their web.py; a page shows what its actor may use.

Not here: permission itself (an entry that is hidden is refused by its page anyway).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import NoReverseMatch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.ui.addresses import fixed_url
from genjin.ui.formats import CAP

Text = str | Promise
Badge = Callable[[Actor], int | None]

HOME = ""
SECTIONS: dict[str, Text] = {
    HOME: "",
    "customers": pgettext_lazy("several", "客户"),
    "field": _("现场"),
    "management": _("管理"),
}


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """One entry. `needs`: a grant, or several of which one suffices. `mobile`: its slot (1–3) in the tab bar.
    `cap`: above it the badge says `99+`. `covers`: the beginning of all addresses at which it is the current entry,
    where that is not its own address."""

    key: str
    label: Text
    icon: str
    url_name: str
    section: str = HOME
    order: int = 100
    needs: str | tuple[str, ...] | None = None
    badge: Badge | None = None
    hot: bool = False
    cap: int = CAP
    mobile: int = 0
    args: tuple[str, ...] = ()
    covers: str = ""

    def open_to(self, actor: Actor) -> bool:
        """Whether this actor sees the entry."""
        if self.needs is None:
            return True
        grants = (self.needs,) if isinstance(self.needs, str) else self.needs
        return any(actor.may(grant) for grant in grants)


@dataclass(frozen=True)
class Entry:
    """An entry as drawn: with its address and count."""

    item: NavItem
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Menu:
    """The sidebar's sections and the phone's tab bar."""

    sections: list[tuple[Text, list[Entry]]]
    tabs: list[Entry] = field(default_factory=list)


_items: dict[str, NavItem] = {}


def register_nav(item: NavItem) -> None:
    """Add an entry. Raises ValueError for a second entry with the same key or an unknown section."""
    if _items.get(item.key, item) != item:
        raise ValueError(f"menu entry {item.key} is registered twice")
    if item.section not in SECTIONS:
        raise ValueError(f"menu entry {item.key} names an unknown section {item.section!r}")
    _items[item.key] = item


def registered_items() -> list[NavItem]:
    """All entries in order, with one for each listed record type."""
    for place, declared in enumerate(RECORD_TYPES.values()):
        if declared.listed and declared.plural not in _items:
            register_nav(_list_item(declared, place))
    sections = list(SECTIONS)
    return sorted(_items.values(), key=lambda item: (sections.index(item.section), item.order, item.key))


def _list_item(declared: RecordType, place: int) -> NavItem:
    return NavItem(
        key=declared.plural,
        label=declared.many,
        icon=declared.icon,
        url_name="list",
        args=(declared.plural,),
        section="customers",
        order=50 + place,
        needs=declared.grant("see"),
        mobile=2 if place == 0 else 3,
    )


def menu_for(actor: Actor, path: str = "", *, counted: bool = True) -> Menu:
    """What this actor may use, with the entry current whose address begins `path`. Pages not served are left out."""
    served = [(item, _address(item)) for item in registered_items() if item.open_to(actor)]
    served = [(item, address) for item, address in served if address]
    covering = [item.covers or address for item, address in served]
    current = max((covered for covered in covering if _leads_to(covered, path)), key=len, default="")
    entries = [
        Entry(item, address, covered == current, item.badge(actor) if item.badge and counted else None)
        for (item, address), covered in zip(served, covering, strict=True)
    ]
    sections: list[tuple[Text, list[Entry]]] = []
    for key, label in SECTIONS.items():
        within = [entry for entry in entries if entry.item.section == key]
        if within:
            sections.append((label, within))
    tabs = sorted((entry for entry in entries if entry.item.mobile), key=lambda entry: entry.item.mobile)
    return Menu(sections, tabs[:3])


def _address(item: NavItem) -> str:
    try:
        return fixed_url(item.url_name, *item.args)
    except NoReverseMatch:
        return ""


def _leads_to(address: str, path: str) -> bool:
    return path == address or (address != "/" and path.startswith(address.rstrip("/") + "/"))
