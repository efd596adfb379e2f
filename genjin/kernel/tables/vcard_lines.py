"""The properties of a vCard file (2.1, 3.0, 4.0) as they stream by: folded lines joined, encodings and charsets undone.

Own code, because the kept library reads text only: a phone's export says the charset for each line by itself, and
often GBK stands beside UTF-8 in one file. What the properties mean is read in `vcard`.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LONGEST_VALUE = 1 << 16
_PIECE = 1 << 14
_PARAMETER = re.compile(r'([^";:=]+)=((?:"[^"]*"|[^";])*)|([^";]+)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# Their content is never read: photos are large and of no use here.
_SKIPPED = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "X-MS-CARDPICTURE"})
_BARE = {"QUOTED-PRINTABLE": "ENCODING", "BASE64": "ENCODING", "8BIT": "ENCODING", "7BIT": "ENCODING"}


@dataclass(frozen=True)
class Property:
    """One property: its group and name in capitals, parameters in capitals, and the value, still with backslashes."""

    name: str
    value: str
    group: str = ""
    types: frozenset[str] = frozenset()
    said: dict[str, str] | None = None

    @property
    def text(self) -> str:
        """The whole value as text."""
        return unescaped(self.value)

    def parts(self, sign: str = ";") -> list[str]:
        """The value parted at a sign that no backslash shields."""
        return [unescaped(part).strip() for part in re.split(rf"(?<!\\){re.escape(sign)}", self.value)]


def properties(readline: Callable[[int], bytes]) -> Iterator[Property]:
    """All properties in order, BEGIN and END among them; `readline(most)` gives the next line, or a piece of it."""
    for line in _joined(_lines(readline)):
        found = _property(line)
        if found is not None:
            yield found


def unescaped(value: str) -> str:
    """Backslashes undone: `\\n` is a new line."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value) if "\\" in value else value


def _lines(readline: Callable[[int], bytes]) -> Iterator[bytes]:
    """Lines without their ends, cut where they are longer than any value."""
    line = b""
    while piece := readline(_PIECE):
        if len(line) < LONGEST_VALUE:
            line += piece
        if piece.endswith(b"\n"):
            yield line.rstrip(b"\r\n")
            line = b""
    if line:
        yield line


def _joined(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Folded lines in one: the next begins with a blank, or this one ends with the `=` of quoted-printable."""
    whole = b""
    for line in lines:
        soft = whole.endswith(b"=") and b"QUOTED-PRINTABLE" in whole.partition(b":")[0].upper()
        if soft:
            whole = whole[:-1] + line.removeprefix(b" ") if len(whole) < LONGEST_VALUE else whole
        elif line[:1] in (b" ", b"\t"):
            whole += line[1:] if len(whole) < LONGEST_VALUE else b""
        else:
            yield whole
            whole = line
    yield whole


def _property(line: bytes) -> Property | None:
    head, colon, value = _split(line)
    if not colon:
        return None
    first, _semicolon, rest = head.partition(";")
    group, _dot, name = first.strip().upper().rpartition(".")
    if not name or name in _SKIPPED:
        return None
    said: dict[str, str] = {}
    types: list[str] = []
    for named, told, bare in _PARAMETER.findall(rest):
        key = named.strip().upper() or _BARE.get(bare.strip().upper(), "TYPE")
        word = (told or bare).strip('"').strip()
        if key == "TYPE":
            types += re.split(r"[,，]", word.upper())
        else:
            said.setdefault(key, word)
    text = _decoded(value, said.get("ENCODING", "").upper(), said.get("CHARSET", ""))
    return Property(name, text.replace("\x00", ""), group, frozenset(map(str.strip, types)), said)


def _split(line: bytes) -> tuple[str, bytes, bytes]:
    """What stands before the first colon outside quotes, and what behind it."""
    quoted = False
    for place, letter in enumerate(line[:4_096]):
        if letter == 0x22:
            quoted = not quoted
        elif letter == 0x3A and not quoted:
            return line[:place].decode("utf-8", "replace"), b":", line[place + 1 :]
    return "", b"", b""


def _decoded(value: bytes, encoding: str, charset: str) -> str:
    if encoding == "QUOTED-PRINTABLE":
        value = quopri.decodestring(value)
    elif encoding in ("B", "BASE64"):
        try:
            value = binascii.a2b_base64(value)
        except binascii.Error:
            return ""
    charset = charset.strip().lower()
    if charset in ("gb2312", "gbk", "cp936", "x-gbk", "gb_2312-80"):
        charset = "gb18030"
    for each in (charset, "utf-8", "gb18030"):
        try:
            return value.decode(each)
        except (UnicodeError, LookupError, ValueError):
            continue
    return value.decode("utf-8", "replace")
