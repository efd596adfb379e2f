"""Putting words together as the reader's language does: lists, clauses, labels in a sentence; words of any language.

Not here: words for the terminal (`genjin.kernel.words`), dates and numbers (`genjin.ui.formats`).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override, pgettext


def listed(words: Iterable[str]) -> str:
    """`甲、乙、丙`; in English `A, B, C`."""
    return pgettext("between listed words", "、").join(words)


def clauses(sentences: Iterable[str]) -> str:
    """`甲；乙`; in English `A; B`."""
    return pgettext("between clauses", "；").join(sentences)


def labelled(label: str, words: str) -> str:
    """`电话：138…`; in English `Phone: 138…`."""
    return label + pgettext("after a label", "：") + words


def in_sentence(label: str | Promise) -> str:
    """A label within a sentence: `Customer` becomes `customer`, `WeChat ID` and Chinese stay as they are."""
    words = str(label)
    first = words.split(" ")[0]
    return words[:1].lower() + words[1:] if first[1:].islower() else words


def in_every_language(label: str | Promise) -> list[str]:
    """A label in each language: what people write in sheets need not be in their own."""
    if isinstance(label, str):
        return [label]
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.append(str(label))
    return found
