"""What the head of a list offers besides 新建: the entries of its ⋯ menu, some of them in the empty list too.

Areas and surfaces register theirs (import, export). Not here: what lies on a row (`tools`), what is done with ticked
rows (bulk actions).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType


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


_tools: dict[str, HeadTool] = {}


def register_head_tool(tool: HeadTool) -> None:
    """Offer it at the head of lists."""
    _tools[tool.key] = tool


def head_tools(actor: Actor, record_type: RecordType) -> list[HeadTool]:
    """What this actor is offered at the head of the list of this type, in order."""
    fitting = (t for t in _tools.values() if not t.types or record_type.key in t.types)
    return sorted((t for t in fitting if not t.needs or actor.may(t.needs)), key=lambda tool: tool.order)
