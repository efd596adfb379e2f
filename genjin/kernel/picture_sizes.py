"""Width and height of a picture from its header alone; nothing is decoded."""

from __future__ import annotations

import struct

Size = tuple[int, int]
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_WITHOUT_BODY = frozenset({0x01, *range(0xD0, 0xD9)})


def picture_size(kind: str, content: bytes) -> Size | None:
    """(width, height) of a `png`, `jpeg`, `gif`, `webp` or `heic`; None if its header is broken."""
    readers = {"png": _png, "jpeg": _jpeg, "gif": _gif, "webp": _webp, "heic": _heic}
    try:
        size = readers[kind](content)
    except (struct.error, IndexError):
        return None
    return size if size and min(size) > 0 else None


def _png(content: bytes) -> Size | None:
    if content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _gif(content: bytes) -> Size:
    width, height = struct.unpack("<HH", content[6:10])
    return width, height


def _jpeg(content: bytes) -> Size | None:
    place = 2
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in _WITHOUT_BODY:
            place += 2
        elif marker in _FRAMES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        elif marker in (0xDA, 0xD9):
            return None
        else:
            place += 2 + max(2, struct.unpack(">H", content[place + 2 : place + 4])[0])
    return None


def _webp(content: bytes) -> Size | None:
    chunk = content[12:16]
    if chunk == b"VP8X":
        return _three(content, 24) + 1, _three(content, 27) + 1
    if chunk == b"VP8L" and content[20] == 0x2F:
        bits = struct.unpack("<I", content[21:25])[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _heic(content: bytes) -> Size | None:
    """The largest of the sizes it declares (a picture is cut into tiles of their own size)."""
    sizes: list[Size] = []
    place = content.find(b"ispe")
    while place >= 0 and len(sizes) < 100:
        width, height = struct.unpack(">II", content[place + 8 : place + 16])
        sizes.append((width, height))
        place = content.find(b"ispe", place + 4)
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _three(content: bytes, place: int) -> int:
    return content[place] | content[place + 1] << 8 | content[place + 2] << 16
