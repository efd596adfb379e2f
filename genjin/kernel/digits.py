"""Ids and versions as addresses and forms send them."""

from __future__ import annotations

LONGEST = 18


def number_in(text: str) -> int | None:
    """The whole number that a text from outside is; None for anything else, and for what has more digits than an id:
    thousands of them Python itself refuses to read."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None
