"""The one error of the embedded database."""

from __future__ import annotations


class DatabaseTrouble(Exception):
    """The database cannot be used. The message says what is wrong and how to mend it, in one sentence."""
