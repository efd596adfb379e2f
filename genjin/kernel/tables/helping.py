"""Help beside the cells of a spreadsheet being written: lists to choose from, words that show when a cell is chosen.

Nothing is forbidden by it: what else is typed is judged when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

MOST_TITLE, MOST_WORDS, MOST_LISTED = 32, 255, 255
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class CellHelp:
    """Help for a range like `A3:A1000`: a title, words, and the texts to choose from."""

    cells: str
    title: str = ""
    words: str = ""
    options: Sequence[str] = ()


def validations_part(helps: Iterable[CellHelp]) -> str:
    """The <dataValidations> of a sheet; '' without any."""
    drawn = [_validation(one) for one in helps if one.words or one.options]
    return f'<dataValidations count="{len(drawn)}">{"".join(drawn)}</dataValidations>' if drawn else ""


def _validation(said: CellHelp) -> str:
    listed = ",".join(said.options)
    fits = 0 < len(listed) <= MOST_LISTED - 2 and not any("," in option for option in said.options)
    words = "".join(
        f' {name}="{_attribute(text, most)}"'
        for name, text, most in (("promptTitle", said.title, MOST_TITLE), ("prompt", said.words, MOST_WORDS))
        if text
    )
    kind = ' type="list"' if fits else ""
    formula = f"<formula1>{escape(_UNWRITABLE.sub('', _quoted(listed)))}</formula1>" if fits else ""
    shown = f'allowBlank="1" showInputMessage="1"{words} sqref="{said.cells}"'
    return f"<dataValidation{kind} {shown}>{formula}</dataValidation>"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _attribute(text: str, most: int) -> str:
    return escape(_UNWRITABLE.sub("", text)[:most], {'"': "&quot;", "\n": "&#10;"})
