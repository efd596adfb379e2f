"""Cells of a file as pages show them: as the sheet writes them, personal ones masked (B19)."""

from __future__ import annotations

import re
from datetime import datetime, time

from django.utils.translation import gettext as _

from genjin.kernel import masking
from genjin.kernel.fields import Field, Sensitivity
from genjin.kernel.tables import Cell
from genjin.ui.formats import ell

HIDDEN = {Sensitivity.PERSONAL, Sensitivity.SENSITIVE}
LONGEST = 80
_MIDNIGHT = re.compile(r"\d{4}-\d\d-\d\d 00:00:00")  # a day, as rows keep the cells of dates
_NUMBERS = re.compile(r"(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")


def cell_text(cell: Cell) -> str:
    """A cell as text: dates in our form, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("是") if cell else _("否")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d" if cell.time() == time() else "%Y-%m-%d %H:%M")
    text = " ".join(str(cell).split())
    return text.removesuffix(" 00:00:00") if _MIDNIGHT.fullmatch(text) else text


def shown(cell: Cell, field: Field | None = None) -> str:
    """A cell for the page: masked where it comes into a personal field, or looks like a mobile number anywhere."""
    text = cell_text(cell)
    if not text:
        return ""
    if field is not None and field.sensitivity in HIDDEN:
        return _masked(text, field.kind)
    return ell(_NUMBERS.sub(lambda found: masking.mask_phone(found[0]), text), LONGEST)


def _masked(text: str, kind: str) -> str:
    if kind == "phone":
        return masking.mask_phone(text)
    if kind == "email":
        return masking.mask_email(text)
    return ell(_NUMBERS.sub(lambda found: masking.mask_phone(found[0]), text), LONGEST)
