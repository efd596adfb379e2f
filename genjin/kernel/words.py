"""Words for the terminal, in processes that must not load Django (supervisor, database start). Not for pages."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def terminal_language() -> str:
    """`en` when the environment asks for a language other than Chinese, else `zh-hans`."""
    for name in ("GENJIN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "").lower()
        if value and value.split(".")[0] not in {"c", "posix"}:
            return "zh-hans" if value.startswith("zh") else "en"
    return "zh-hans"


def _(text: str) -> str:
    """The Chinese source text in the language of the terminal."""
    if terminal_language() == "zh-hans":
        return text
    return gettext.translation("django", LOCALE, ["en"], fallback=True).gettext(text)
