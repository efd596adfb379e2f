"""A formula as a tree: constants, reads of fields, calls (signs are calls too)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from genjin.kernel.formulas.tokens import WIDE


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a formula, with its place in the text."""

    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A number, a text, yes or no, or nothing."""

    value: Decimal | str | bool | None


@dataclass(frozen=True, slots=True)
class Read(Node):
    """The value of a field, by what stands in braces."""

    name: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of `functions.FUNCTIONS` by its first name, with its arguments."""

    function: str
    arguments: tuple[Node, ...]


def parts_of(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    if isinstance(node, Call):
        for argument in node.arguments:
            yield from parts_of(argument)


@lru_cache(maxsize=512)
def reads_of(node: Node) -> frozenset[str]:
    """The names of the fields that a formula reads."""
    return frozenset(part.name for part in parts_of(node) if isinstance(part, Read))


def names_of(node: Node) -> frozenset[str]:
    """The functions that a formula calls, by their first names."""
    return frozenset(part.function for part in parts_of(node) if isinstance(part, Call))


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The text with other names in its braces; one that is not among `names` stays."""
    made, at, plain = "", 0, text.translate(WIDE)
    while True:
        start, end = _braces(plain, at)
        if start < 0 or end < 0:
            return made + text[at:]
        name = text[start + 1 : end].strip()
        made += text[at:start] + "{" + names.get(name, name) + "}"
        at = end + 1


def _braces(plain: str, at: int) -> tuple[int, int]:
    """Where the next braces outside of texts stand; (-1, -1) for none."""
    quote = ""
    for place in range(at, len(plain)):
        sign = plain[place]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "{":
            return place, plain.find("}", place)
    return -1, -1
