"""What the head of a list offers besides 新建: the entries of its ⋯ menu, some of them in the empty list too.

Areas and surfaces register theirs (import, export). Not here: what lies on a row (`tools`), what is done with ticked
rows (bulk actions).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType
from genjin.ui.addresses import fixed_url, list_url


@dataclass(frozen=True, kw_only=True)
class HeadTool:
    """An entry. `link`: its address, `{plural}` being the type's; `into` ("#dialog") where that is opened, if not as a
    page. `needs`: a grant, '' for none. `types`: the keys of the record types it stands at, () for all. `when_empty`:
    whether an empty list offers it. `filtered`: its address is opened with the list's filters, order and search.
    `ticked`: it stands in the bar of ticked rows too and gets their `ids` (or `all=1`); without `menu` only there."""

    key: str
    label: str | Promise
    icon: str
    link: str
    needs: str = ""
    types: tuple[str, ...] = ()
    into: str = ""
    when_empty: bool = False
    filtered: bool = False
    ticked: bool = False
    menu: bool = True
    order: int = 100

    def address(self, record_type: RecordType) -> str:
        """Where it leads from the list of this type."""
        return self.link.replace("{plural}", record_type.plural)


@dataclass(frozen=True)
class Way:
    """Another page that shows the records of a type (a board beside the list): its words, icon and address; the first
    in `order` stands before the list, the others after it."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    order: int = 100


_tools: dict[str, HeadTool] = {}
_ways: dict[str, list[Way]] = {}
LIST = Way("list", gettext_lazy("列表"), "list", "")


def register_way(record_type: str, way: Way) -> None:
    """Let a type be shown in another way too; its list and those pages lead to each other."""
    _ways.setdefault(record_type, []).append(way)


def ways_of(record_type: RecordType) -> list[tuple[Way, str]]:
    """(way, address) of all ways in which a type is shown, its list being the second; none for a type that has its
    list alone."""
    others = [(way, fixed_url(way.url_name)) for way in sorted(_ways.get(record_type.key, ()), key=_place)]
    return [*others[:1], (LIST, list_url(record_type)), *others[1:]] if others else []


def _place(way: Way) -> int:
    return way.order


def register_head_tool(tool: HeadTool) -> None:
    """Offer it at the head of lists."""
    _tools[tool.key] = tool


def head_tools(actor: Actor, record_type: RecordType) -> list[HeadTool]:
    """What this actor is offered at the head of the list of this type, in order."""
    fitting = (t for t in _tools.values() if not t.types or record_type.key in t.types)
    return sorted((t for t in fitting if not t.needs or actor.may(t.needs)), key=lambda tool: tool.order)
