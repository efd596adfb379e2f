"""By what a row is a possible duplicate (B3): the keys that rows keep and decisions are made for, and their words.

A key is one of `Why`, or `customer/email:exact+region:exact`: the conditions of a rule, by record type. `file_` in
front: of an earlier row of the file. `own:` in front: what the row brings for a customer (a contact), not the customer.
`!` behind: a rule forbids to create it.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from genjin.duplicates.many.asked import Alternative
from genjin.duplicates.rules import How, Kind
from genjin.duplicates.wording import kept_words
from genjin.kernel.records import RECORD_TYPES
from genjin.surfaces.imports.models import ImportRow, Why

FILE, OWN, FORBIDDEN = "file_", "own:", "!"
_SIMPLE = {Kind.PHONE: Why.PHONE, Kind.CODE: Why.CREDIT_CODE, Kind.COMPANY: Why.NAME}
_RULE = re.compile(r"(?:own:)?([a-z_]+)/((?:\w+:(?:exact|fuzzy)\+?)+)")
LONGEST = 240


def keys_of(record_type: str, asked: Alternative, *, own: bool) -> tuple[str, str]:
    """The keys of an alternative: of equal values, of alike names."""
    kinds = [(condition.how, compared) for condition, compared in asked.conditions]
    if len(kinds) == 1 and not own and kinds[0][1].own is None and kinds[0][1].kind in _SIMPLE:
        how, compared = kinds[0]
        equal = str(_SIMPLE[compared.kind])
        return equal, str(Why.SIMILAR) if how is How.FUZZY and compared.kind is Kind.COMPANY else equal
    key = f"{OWN if own else ''}{record_type}/{asked.key}"[:LONGEST]
    return key, key


def is_why(text: str) -> bool:
    """Whether this can be a key."""
    bare = text.removesuffix(FORBIDDEN)
    return bare in Why.values or bool(_RULE.fullmatch(bare.removeprefix(FILE)))


def is_forbidden(why: str) -> bool:
    """Whether a rule forbids to create what is there already."""
    return why.endswith(FORBIDDEN)


def is_own(why: str) -> bool:
    """Whether it is about what the row brings for a customer, who is found or made all the same."""
    return why in (Why.SAME, Why.FILE_SAME) or why.removeprefix(FILE).startswith(OWN)


def said_of(row: ImportRow) -> str:
    """By what a row is a possible duplicate, in words: of a record out of sight what may be said."""
    return row.told or words_of(row.duplicate_why, row.alike, row.duplicate_row)


def words_of(why: str, percent: int | None = None, row: int | None = None) -> str:
    """A key in words; '' for one that is not known."""
    bare = why.removesuffix(FORBIDDEN)
    words = _words(bare, percent, row)
    return _("%(why)s，禁止新建") % {"why": words} if words and bare != why else words


def _words(why: str, percent: int | None, row: int | None) -> str:
    if percent and why in (Why.SIMILAR, Why.FILE_SIMILAR):
        facts = {"percent": percent, "row": row}
        if why == Why.SIMILAR:
            return _("名称相似 %(percent)d%%") % facts
        return _("与第 %(row)s 行的名称相似 %(percent)d%%") % facts
    if why in Why.values:
        return str(Why(why).label)
    found = _RULE.fullmatch(why.removeprefix(FILE))
    record_type = RECORD_TYPES.get(found[1]) if found else None
    if found is None or record_type is None:
        return ""
    said = kept_words(record_type, found[2])
    if not why.startswith(FILE):
        return said
    if row:
        return _("与第 %(row)s 行的%(why)s") % {"row": row, "why": said}
    return _("与文件里前面一行的%(why)s") % {"why": said}
