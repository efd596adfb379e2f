"""A formula's text as tokens, each with its place. Signs of a Chinese keyboard mean what those of an English one do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

WIDE = str.maketrans(
    "（），、；＋－＊／×÷＝＞＜｛｝％　“”‘’０１２３４５６７８９．", "(),,,+-*/*/=><{}% \"\"''0123456789."
)
JOINING = {"且": "and", "或": "or", "非": "not"}
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>\d+(?:\.\d+)?|\.\d+)"
    r"|(?P<text>\"[^\"\n]*\"|'[^'\n]*')"
    r"|(?P<read>\{[^{}\n]*\})"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*|[\u4e00-\u9fff]+)"
    r"|(?P<sign><=|>=|<>|!=|==|[-+*/%(),=<>≥≤≠])"
)
_ALIKE = {"==": "=", "!=": "<>", "≠": "<>", "≥": ">=", "≤": "<="}


class FormulaError(ValueError):
    """What is wrong with a formula, and where: `at` and `length` in its text."""

    def __init__(self, message: str, at: int, length: int = 1) -> None:
        super().__init__(message)
        self.message, self.at, self.length = message, at, max(length, 1)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text. kind: number, text, read (a field), name, sign, end."""

    kind: str
    text: str
    at: int
    length: int


def tokens(text: str, known: frozenset[str]) -> Iterator[Token]:
    """The tokens of a formula, an `end` last. `known`: Chinese words that are one name. Raises FormulaError."""
    plain, at = text.translate(WIDE), 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if found is None:
            raise FormulaError(_unreadable(plain[at], text[at]), at)
        kind, length = str(found.lastgroup), found.end() - at
        if kind == "name" and found.group() not in known and found.group()[0] in JOINING:
            length = 1  # 且 and 非 need no space around them
        if kind != "space":
            yield _token(kind, text, plain, at, length)
        at += length
    yield Token("end", "", len(text), 1)


def _token(kind: str, text: str, plain: str, at: int, length: int) -> Token:
    written = text[at : at + length]
    if kind in ("text", "read"):
        return Token(kind, written[1:-1] if kind == "text" else written[1:-1].strip(), at, length)
    shown = plain[at : at + length]
    return Token(kind, _ALIKE.get(shown, shown) if kind == "sign" else shown, at, length)


def _unreadable(plain: str, written: str) -> str:
    if plain in "\"'":
        return _("文字没有结束，缺少后面的引号")
    if plain == "{":
        return _("字段名没有结束，缺少后面的 }")
    return _("不认识「%s」") % written
