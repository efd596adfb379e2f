"""XML parts of a package, read in pieces with bounded memory: no document types, no entities, no endless tags."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from genjin.kernel.tables.cells import Unreadable, broken

PIECE = 1 << 16
# A tag or comment has to be complete before it is told; no honest one is longer.
LONGEST_TAG = 2 << 20
# Names stay in memory once seen; spreadsheets know a few hundred.
MOST_NAMES = 5_000
DEEPEST = 100


def parser() -> expat.XMLParserType:
    """A parser that refuses document types, and with them all entities."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse_doctype
    made.EntityDeclHandler = _refuse_doctype
    return made


def pieces(made: expat.XMLParserType, stream: IO[bytes]) -> Iterator[None]:
    """Feed a stream; yields after each piece. Raises Unreadable."""
    fed = 0
    while True:
        piece = stream.read(PIECE)
        fed += len(piece)
        try:
            made.Parse(piece, not piece)
        except (expat.ExpatError, LookupError, ValueError):  # the latter two: encodings that do not exist
            raise broken() from None
        if fed - made.CurrentByteIndex > LONGEST_TAG or len(made.intern) > MOST_NAMES:
            raise broken()
        yield
        if not piece:
            return


def each_element(stream: IO[bytes], seen: Callable[[str, dict[str, str]], None]) -> None:
    """Tell `seen` every element of a small part, by its name without prefix and its attributes."""
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise broken()
        seen(local(name), attributes)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    made = parser()
    made.StartElementHandler = start
    made.EndElementHandler = end
    for _piece in pieces(made, stream):
        pass


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def _refuse_doctype(*_anything: object) -> None:
    raise Unreadable(_("文件里有不允许的 XML 实体或 DTD 定义；请用 Excel 另存为 xlsx 后再试"))
