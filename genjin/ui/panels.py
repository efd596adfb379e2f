"""Panels that areas put on the detail page of other areas' records (follow-ups on a customer), in order.

Not here: what a panel shows; its area renders it and asks for the right to see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from genjin.ui.pages import PageRequest

# The row is of the record type the panel is registered for; an empty answer leaves the panel out.
Render = Callable[[PageRequest, Any], Markup]


@dataclass(frozen=True)
class Panel:
    """One panel: its name (unique per record type), what renders it, its place among the others."""

    name: str
    render: Render
    order: int = 100


_panels: dict[str, dict[str, Panel]] = {}


def register_panel(record_type_key: str, name: str, render: Render, order: int = 100) -> None:
    """Put a panel on the detail page of a record type. Raises ValueError for a second panel of this name."""
    panels = _panels.setdefault(record_type_key, {})
    if name in panels and panels[name].render is not render:
        raise ValueError(f"panel {name} of {record_type_key} is registered twice")
    panels[name] = Panel(name, render, order)


def panels_of(record_type_key: str) -> list[Panel]:
    """The panels of a record type's detail page, in order."""
    return sorted(_panels.get(record_type_key, {}).values(), key=lambda panel: (panel.order, panel.name))


def rendered_panels(request: PageRequest, record_type_key: str, row: Any) -> list[tuple[str, Markup]]:
    """(name, markup) of the panels that have something to show to this actor."""
    rendered = [(panel.name, panel.render(request, row)) for panel in panels_of(record_type_key)]
    return [(name, markup) for name, markup in rendered if markup]
