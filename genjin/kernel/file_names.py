"""Names of files: made safe to store and to offer, and the header that offers them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

LONGEST = 180
"""Bytes in UTF-8, so that a file system takes the name even with a prefix."""
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*/\\]')


def safe_name(name: str, *, fallback: str = "文件") -> str:
    """A name without path, control and direction characters, of a length every system takes; the ending is kept."""
    normal = unicodedata.normalize("NFC", name)
    visible = "".join(char for char in normal if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    last = re.split(r"[/\\]", visible)[-1]
    plain = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", last)).strip(" .")
    if not plain:
        return fallback
    if _RESERVED.match(plain):
        plain = "_" + plain
    return _shortened(plain)


def endings(name: str) -> list[str]:
    """All endings of a name in lower case, outermost last: `a.tar.gz` gives `tar`, `gz`."""
    return [part.strip() for part in name.lower().split(".")[1:]]


def content_disposition(name: str, *, inline: bool = False) -> str:
    """The value of Content-Disposition (RFC 6266): an ASCII name for old readers, the real one by RFC 5987."""
    safe = safe_name(name)
    kind = "inline" if inline else "attachment"
    stem, dot, ending = safe.rpartition(".")
    ascii_ending = re.sub(r"[^A-Za-z0-9]", "", ending) if dot else ""
    ascii_stem = re.sub(r"[^A-Za-z0-9 ._()-]", "", stem if dot else safe).strip(" .") or "file"
    plain = f"{ascii_stem}.{ascii_ending}" if ascii_ending else ascii_stem
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 16:
        stem, dot, ending = name, "", ""
    room = LONGEST - len((dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + dot + ending
