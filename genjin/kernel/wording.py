"""Putting words together as the reader's language does: lists, clauses, labels in a sentence; words of any language.

Not here: words for the terminal (`genjin.kernel.words`), dates and numbers (`genjin.ui.formats`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, override, pgettext


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


def span_words(left: timedelta) -> str:
    """How long it still takes, for a sentence: `3 天 4 小时 20 分钟`, `20 分钟`; at least a minute, never less than it
    takes. Not as a clock: `06:20 后` reads as after twenty past six."""
    minutes = max(-(-int(left.total_seconds()) // 60), 1)
    days, rest = divmod(minutes, 24 * 60)
    parts = [
        gettext("%(days)d 天") % {"days": days} if days else "",
        gettext("%(hours)d 小时") % {"hours": rest // 60} if rest // 60 else "",
        gettext("%(minutes)d 分钟") % {"minutes": rest % 60} if rest % 60 else "",
    ]
    return " ".join(part for part in parts if part)


def in_every_language(label: str | Promise) -> list[str]:
    """A label in each language: what people write in sheets need not be in their own."""
    if isinstance(label, str):
        return [label]
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.append(str(label))
    return found
