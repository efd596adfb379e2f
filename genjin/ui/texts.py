"""The texts of templates in the reader's language, each looked up once per language.

Templates ask for a hundred texts per page, which are few and never change. Not here: texts in code (Django's gettext).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils import translation
from markupsafe import Markup


def gettext(message: str, /, **values: Any) -> Markup:
    """A text as markup, its %(names)s filled in and escaped."""
    text = _in_language(translation.get_language(), "", message)
    return text % values if values or "%" in text else text


def pgettext(context: str, message: str, /, **values: Any) -> Markup:
    """A text that other languages say differently here."""
    text = _in_language(translation.get_language(), context, message)
    return text % values if values or "%" in text else text


@lru_cache(maxsize=8192)
def _in_language(_language: str | None, context: str, message: str) -> Markup:
    """In the language in force, which is the first argument."""
    found = translation.pgettext(context, message) if context else translation.gettext(message)
    return Markup(found)  # noqa: S704 - texts of our own
