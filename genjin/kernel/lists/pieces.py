"""Texts of a company's own are found by their pieces of one and two letters (`genjin_pieces`, an index per field): by
which pieces of what is looked for the index is asked, and how many rows hold them.

What it finds is only likely: the text itself is compared besides.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import F, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform

from genjin.kernel.expressions import HasPieces, HoldsPieces
from genjin.kernel.fields.base import Field

MOST_ASKED = 3
"""Of the pieces so many, the rarest: each further one costs the index more than it saves."""


def pieces_of(field: Field, text: str, known: Mapping[str, float] | None = None) -> Q:
    """Rows whose field holds pieces of a text; all of them, or where it is known how common they are, the rarest."""
    if not text:
        return Q()
    kept = KeyTextTransform(field.path.removeprefix("custom__"), F("custom"))
    if not known or not _plain(text):
        return Q(HoldsPieces(kept, Value(text, output_field=TextField())))
    rarest = sorted(cut(text), key=lambda piece: known.get(piece, 0.0))
    return Q(HasPieces(kept, rarest[:MOST_ASKED]))


def share_of(text: str, known: Mapping[str, float]) -> float | None:
    """About which share of the rows holds a text: rather too many than too few; None where nothing is known."""
    if not known:
        return None
    rarer = min(known.values()) / 2
    return min(known.get(piece, rarer) for piece in cut(text))


def cut(text: str) -> list[str]:
    """The pieces of a text; those of one letter are in the others."""
    whole = text.upper()
    return list(dict.fromkeys(whole[n : n + 2] for n in range(len(whole) - 1))) or [whole]


def _plain(text: str) -> bool:
    """Whether PostgreSQL and Python agree on its capitals."""
    return all(sign.isascii() or sign.upper() == sign.lower() for sign in text)
