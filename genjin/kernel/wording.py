"""Stringing words together as the reader's language does: lists, clauses, what follows a label.

Not here: words for the terminal (`genjin.kernel.words`), dates and numbers (`genjin.ui.formats`).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext


def listed(words: Iterable[str]) -> str:
    """`甲、乙、丙`; in English `A, B, C`."""
    return pgettext("between listed words", "、").join(words)


def clauses(sentences: Iterable[str]) -> str:
    """`甲；乙`; in English `A; B`."""
    return pgettext("between clauses", "；").join(sentences)


def labelled(label: str, words: str) -> str:
    """`电话：138…`; in English `Phone: 138…`."""
    return label + pgettext("after a label", "：") + words
