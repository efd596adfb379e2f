"""Texts in a .csv that a spreadsheet would take for a formula (trust flaw 9): shielded by an apostrophe when written,
bare again when read. Only for .csv: a cell of an .xlsx has a type, so a text there needs no shield and loses nothing.
"""

from __future__ import annotations

import re

_STARTS = "=+\\-@\t\r\n＝＋－＠"
_AT_RISK = re.compile(f"'*[{_STARTS}]")
_SHIELDED = re.compile(f"'+[{_STARTS}]")


def shielded(text: str) -> str:
    """`'=1+1`, `'+8613800000000`; a text that looks shielded already gets one more, so that nothing is lost."""
    return f"'{text}" if _AT_RISK.match(text) else text


def unshielded(text: str) -> str:
    """What `shielded` was given: one apostrophe less before such a start, any other text as it is."""
    return text[1:] if _SHIELDED.match(text) else text
