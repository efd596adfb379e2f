"""Moulds: markup that is drawn once and poured for each row: many rows of many components take longer to draw than to
read from the database."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import get_language
from markupsafe import Markup

from genjin.ui.rendering import written

_PLACE = re.compile(r"⸻(\w+)⸻")


def place(name: str) -> str:
    """What stands in a mould for a value that differs from row to row."""
    return f"⸻{name}⸻"


class Mould:
    """Markup with places; `pour(row)` fills them with the row's attributes of the same names, escaped."""

    def __init__(self, drawn: Markup) -> None:
        text = str(drawn)
        self._names = frozenset(_PLACE.findall(text))
        self._text = _PLACE.sub(r"%(\1)s", text.replace("%", "%%"))

    def pour(self, row: Any) -> Markup:
        """The markup of one row."""
        values = {name: written(getattr(row, name)) for name in self._names}
        return Markup(self._text % values)  # noqa: S704 - a template's own output, values escaped


_CAST: dict[tuple[Any, ...], Mould] = {}


def cast(*kind: Any, drawn: Markup | None = None) -> Mould | None:
    """The mould of a kind in the language in force, kept from the first time it was `drawn`: in templates
    `cast("row", …) or cast("row", …, drawn=row(…))`. The kind names everything that what is drawn depends on, and that
    is few words of the program's own, never a row's or a reader's."""
    key = (get_language(), *kind)
    if drawn is not None:
        _CAST[key] = Mould(drawn)
    return _CAST.get(key)
