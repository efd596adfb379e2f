"""What lies at hand on a row of a list besides editing: areas declare it for their record types.

On the row itself a tool is drawn without knowing the row (rows are many); in the row's ⋯ menu only where it fits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Record
from genjin.ui.pages import PageRequest


@dataclass(frozen=True)
class RowTool:
    """A tool on the rows of a type. `link`: where it leads, `{row}` being the record's address and `{id}` its id;
    `into` ("#dialog", "#row-menu" for the row's popover) is where that address is opened, if not as a page. `at`: the
    address for one row, '' where the tool does not fit; it may be a `tel:` one."""

    key: str
    label: str | Promise
    icon: str
    link: str
    needs: str
    at: Callable[[PageRequest, Any], str]
    into: str = ""
    shortcut: str = ""
    order: int = 100


_tools: dict[str, dict[str, RowTool]] = {}


def register_row_tool(record_type: str, tool: RowTool) -> None:
    """Put a tool on the rows of a type, before 编辑."""
    _tools.setdefault(record_type, {})[tool.key] = tool


def row_tools(actor: Actor, record_type: str) -> list[RowTool]:
    """The tools of a type that this actor may use somewhere, in order."""
    found = (tool for tool in _tools.get(record_type, {}).values() if actor.may(tool.needs))
    return sorted(found, key=lambda tool: tool.order)


def tools_at(request: PageRequest, row: Record) -> list[tuple[RowTool, str]]:
    """(tool, address) of the tools that fit this row."""
    found = ((tool, tool.at(request, row)) for tool in row_tools(request.actor, row.row_type))
    return [(tool, address) for tool, address in found if address]
