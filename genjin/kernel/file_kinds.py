"""What kind of file it really is, and whether it is let in: content and ending must agree, on a list of kinds.

A file of no listed kind, of two kinds at once, or with a telling second ending is refused with a reason in
Chinese. Storing and offering files is not done here; names are made safe in `file_names`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel.archives import check_archive
from genjin.kernel.file_names import endings, safe_name
from genjin.kernel.picture_sizes import picture_size

MOST_BYTES = 50 << 20
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 25_000
_OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is let in. `group` is image, document, text, archive, audio or video."""

    key: str
    group: str
    content_type: str
    endings: tuple[str, ...]


KINDS = {
    kind.key: kind
    for kind in (
        Kind("png", "image", "image/png", ("png",)),
        Kind("jpeg", "image", "image/jpeg", ("jpg", "jpeg", "jfif")),
        Kind("gif", "image", "image/gif", ("gif",)),
        Kind("webp", "image", "image/webp", ("webp",)),
        Kind("heic", "image", "image/heic", ("heic", "heif")),
        Kind("pdf", "document", "application/pdf", ("pdf",)),
        Kind("docx", "document", _OFFICE + "wordprocessingml.document", ("docx",)),
        Kind("xlsx", "document", _OFFICE + "spreadsheetml.sheet", ("xlsx",)),
        Kind("pptx", "document", _OFFICE + "presentationml.presentation", ("pptx",)),
        Kind("doc", "document", "application/msword", ("doc", "wps")),
        Kind("xls", "document", "application/vnd.ms-excel", ("xls", "et")),
        Kind("ppt", "document", "application/vnd.ms-powerpoint", ("ppt", "dps")),
        Kind("text", "text", "text/plain", ("txt", "csv")),
        Kind("zip", "archive", "application/zip", ("zip",)),
        Kind("mp3", "audio", "audio/mpeg", ("mp3",)),
        Kind("m4a", "audio", "audio/mp4", ("m4a",)),
        Kind("wav", "audio", "audio/wav", ("wav",)),
        Kind("amr", "audio", "audio/amr", ("amr",)),
        Kind("mp4", "video", "video/mp4", ("mp4", "m4v")),
    )
}
ENDINGS = {ending: kind for kind in KINDS.values() for ending in kind.endings}

_DANGEROUS_ENDING = re.compile(
    "exe|com|bat|cmd|scr|pif|ms[ip]|cpl|hta|m?jse?|vb[se]|ws[fh]|psm?1|sh|bash|app|jar|apk|lnk|url|reg|dll|sys"
    "|[sx]?html?|mht|svgz?|xml|xsl|php\\d?|phtml|phar|aspx?|jspx?|cgi|pl|py|rb|docm|xlsm|pptm|iso|img|dmg"
)
_OFFICE_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_OLE_STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
_FTYP_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "heic"),
    **dict.fromkeys((b"M4A ", b"M4B "), "m4a"),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"), "mp4"),
}
_ACTIVE = re.compile(rb"<(?:script|html|!doctype|svg|iframe|\?php|body|head)\b|javascript:", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileCheck:
    """The kind and a safe name of a file that is let in, or why it is not."""

    name: str
    kind: Kind | None = None
    reason: str = ""
    size: tuple[int, int] | None = None
    """Width and height of a picture."""

    @property
    def ok(self) -> bool:
        return not self.reason


def check_file(
    content: bytes, filename: str, *, groups: Collection[str] = (), most_bytes: int = MOST_BYTES
) -> FileCheck:
    """Look at a whole file. `groups` narrows what is let in (`("image",)`)."""
    name = safe_name(filename)
    reason = _size_fault(content, most_bytes) or _ending_fault(name)
    if reason:
        return FileCheck(name, reason=reason)
    kind = ENDINGS[endings(name)[-1]]
    if groups and kind.group not in groups:
        return FileCheck(name, reason=_("这里不能上传 %(ending)s 文件") % {"ending": endings(name)[-1]})
    if kind_of(content) != kind.key:
        return FileCheck(name, reason=_("文件内容和扩展名 .%(ending)s 不一致") % {"ending": endings(name)[-1]})
    fault = _content_fault(kind, content)
    if fault:
        return FileCheck(name, reason=fault)
    if kind.group != "image":
        return FileCheck(name, kind)
    size = picture_size(kind.key, content)
    fault = _picture_fault(size)
    return FileCheck(name, reason=fault) if fault else FileCheck(name, kind, size=size)


def kind_of(content: bytes) -> str | None:
    """The key of the kind whose content this is; None for any other."""
    for start, key in _SIGNATURES:
        if content.startswith(start):
            return key
    if content[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(content[8:12])
    if content[4:8] == b"ftyp":
        return _FTYP_BRANDS.get(content[8:12])
    if content[:2] == b"PK":
        return _kind_of_zip(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        found = (key for stream, key in _OLE_STREAMS.items() if stream.encode("utf-16-le") in content)
        return next(found, None)
    if len(content) > 3 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2:
        return "mp3"
    return "text" if _is_text(content) else None


_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
    (b"#!AMR", "amr"),
    (b"ID3", "mp3"),
)


def _size_fault(content: bytes, most_bytes: int) -> str:
    if not content:
        return _("文件是空的")
    if len(content) > most_bytes:
        return _("文件太大，最多 %(most)s MB") % {"most": most_bytes >> 20}
    return ""


def _ending_fault(name: str) -> str:
    *inner, last = endings(name) or [""]
    if not last:
        return _("文件名缺少扩展名，例如 .pdf")
    if last not in ENDINGS:
        return _("不能上传 .%(ending)s 文件") % {"ending": last[:12]}
    hidden = next((ending for ending in inner if _DANGEROUS_ENDING.fullmatch(ending)), "")
    return _("文件名里藏着另一个扩展名 .%(ending)s，请改名后再上传") % {"ending": hidden} if hidden else ""


def _content_fault(kind: Kind, content: bytes) -> str:
    if kind.key in ("docx", "xlsx", "pptx", "zip"):
        return _archive_fault(kind, content)
    if _is_two_kinds(kind, content):
        return _("文件里混有网页、脚本或其他文件，不能上传")
    if kind.key in ("doc", "xls", "ppt") and "_VBA_PROJECT".encode("utf-16-le") in content:
        return _("文件里有宏，请去掉宏后再上传")
    if kind.key == "pdf" and b"%%EOF" not in content[-2048:]:
        return _("PDF 文件不完整")
    if kind.key == "png" and not content.endswith(b"IEND\xaeB`\x82"):
        return _("图片不完整，或后面接有别的内容")
    return ""


def _is_two_kinds(kind: Kind, content: bytes) -> bool:
    if kind.key == "text":
        return bool(_ACTIVE.match(content.lstrip(b"\xef\xbb\xbf \t\r\n")))
    if b"PK\x05\x06" in content[-66_000:] and zipfile.is_zipfile(io.BytesIO(content)):
        return True
    if kind.key != "pdf" and b"%PDF-" in content[:1024]:
        return True
    # Documents may speak of web pages further in; a picture or sound has no reason to.
    return bool(_ACTIVE.search(content[:1024] if kind.group == "document" else content))


def _archive_fault(kind: Kind, content: bytes) -> str:
    checked = check_archive(content)
    if not checked.ok or kind.key == "zip":
        return checked.reason
    if any(name.lower().endswith("vbaproject.bin") for name in checked.names):
        return _("文件里有宏，请去掉宏后再上传")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in checked.names:
            if name.endswith((".xml", ".rels")) and _DTD.search(_opening(archive, name)):
                return _("文件里有外部引用，不能上传")
    return ""


def _opening(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as entry:
            return entry.read(4096)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError):
        return b"<!ENTITY"


def _picture_fault(size: tuple[int, int] | None) -> str:
    if size is None:
        return _("图片已损坏，打不开")
    if size[0] * size[1] > MOST_PIXELS or max(size) > LONGEST_SIDE:
        return _("图片太大（%(width)s×%(height)s 像素），请缩小后再上传") % {"width": size[0], "height": size[1]}
    return ""


def _kind_of_zip(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
        return "zip"
    if "[Content_Types].xml" not in names:
        return "zip"
    return next((key for part, key in _OFFICE_PARTS.items() if part in names), "zip")


def _is_text(content: bytes) -> bool:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return not _CONTROL.search(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    return False
