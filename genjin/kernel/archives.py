"""Is a ZIP file (and so an Office file) safe to open? Looks at its directory; unpacks nothing to disk."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

MOST_ENTRIES = 5_000
MOST_UNPACKED = 1 << 30
LARGEST_DIRECTORY = 8 << 20
MOST_RATIO = 200
RATIO_COUNTS_FROM = 10 << 20
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class ArchiveCheck:
    """The names in a sound archive, or why it is refused."""

    names: tuple[str, ...] = ()
    reason: str = ""

    @property
    def ok(self) -> bool:
        return not self.reason


def check_archive(content: bytes, *, most_unpacked: int = MOST_UNPACKED) -> ArchiveCheck:
    """Refuse bombs, encrypted entries, links, names that leave the folder, overlapping entries."""
    return check_archive_file(io.BytesIO(content), most_unpacked=most_unpacked)


def check_archive_file(file: IO[bytes], *, most_unpacked: int = MOST_UNPACKED) -> ArchiveCheck:
    """`check_archive` for a file that need not stand in memory."""
    size = file.seek(0, io.SEEK_END)
    if _directory_size(file, size) > LARGEST_DIRECTORY:
        return ArchiveCheck(reason=_too_many_entries())
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, struct.error):
        return ArchiveCheck(reason=_("压缩文件已损坏，打不开"))
    reason = _too_much(entries, most_unpacked) or _overlapping(entries, size)
    reason = reason or next(filter(None, map(_entry_fault, entries)), "")
    return ArchiveCheck(reason=reason) if reason else ArchiveCheck(tuple(entry.filename for entry in entries))


def _directory_size(file: IO[bytes], size: int) -> int:
    """What the directory at the end says of its own length: reading one takes ten times as much memory."""
    start = max(0, size - (1 << 16) - 100)
    file.seek(start)
    tail = file.read()
    file.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22:
        return 0
    (length,) = struct.unpack_from("<I", tail, place + 12)
    long = tail.rfind(b"PK\x06\x06", 0, place)
    if long >= 0 and long + 56 <= len(tail):
        length = max(length if length != 0xFFFFFFFF else 0, *struct.unpack_from("<Q", tail, long + 40))
    return min(int(length), size)


def _too_much(entries: list[zipfile.ZipInfo], most_unpacked: int) -> str:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MOST_ENTRIES:
        return _too_many_entries()
    if unpacked > most_unpacked:
        return _too_large()
    if unpacked > RATIO_COUNTS_FROM and unpacked > MOST_RATIO * max(packed, 1):
        return _("压缩文件的压缩比不正常，可能有问题")
    return ""


def _too_many_entries() -> str:
    return _("压缩文件里的文件太多（超过 %(most)s 个）") % {"most": MOST_ENTRIES}


def _too_large() -> str:
    return _("压缩文件解开后太大")


def _overlapping(entries: list[zipfile.ZipInfo], size: int) -> str:
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end or entry.header_offset + entry.compress_size > size:
            return _("压缩文件的目录不正常")
        end = entry.header_offset + entry.compress_size
    return ""


def _entry_fault(entry: zipfile.ZipInfo) -> str:
    parts = entry.orig_filename.replace("\\", "/").split("/")
    if ".." in parts or entry.orig_filename.startswith(("/", "\\")) or "\x00" in entry.orig_filename:
        return _("压缩文件里有指向外面的路径")
    if len(parts[0]) > 1 and parts[0][1] == ":":
        return _("压缩文件里有指向外面的路径")
    if entry.flag_bits & 0x1:
        return _("文件加了密码，请去掉密码后再上传")
    if stat.S_ISLNK(entry.external_attr >> 16):
        return _("压缩文件里有链接文件")
    return "" if entry.compress_type in _PACKINGS else _("压缩文件用了不支持的压缩方法")
