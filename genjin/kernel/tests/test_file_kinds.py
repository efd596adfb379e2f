"""Which files are let in. The corpus is made here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjin.kernel.file_kinds import check_file, kind_of
from genjin.kernel.file_names import content_disposition, safe_name

SCRIPT = b"<script>alert(1)</script>"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 2, height: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * min(4096, (3 * width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width: int = 2, height: int = 2, comment: bytes = b"made") -> bytes:
    noted = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\x01\x22\0\x02\x11\1\x03\x11\1"
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + noted + frame + b"\xff\xda\0\x08\1\1\0\0\x3f\0\0\xff\xd9"


def boxed(brand: bytes, rest: bytes = b"") -> bytes:
    return struct.pack(">I", 16) + b"ftyp" + brand + b"\0\0\0\0" + rest


def riff(kind: bytes, body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(body) + 4) + kind + body


def zipped(**entries: bytes) -> bytes:
    return packed(list(entries.items()))


def packed(entries: Sequence[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return stream.getvalue()


def office(part: str, *more: tuple[str, bytes], xml: bytes = b"<x/>") -> bytes:
    return packed([("[Content_Types].xml", b"<Types/>"), (part, xml), *more])


def ole(*streams: str) -> bytes:
    names = b"".join(name.encode("utf-16-le").ljust(64, b"\0") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + names


def link() -> bytes:
    entry = zipfile.ZipInfo("link")
    entry.create_system = 3
    entry.external_attr = 0o120777 << 16
    return packed([(entry, b"/etc/passwd")])


def encrypted() -> bytes:
    content = bytearray(zipped(a=b"x"))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def overlapping() -> bytes:
    content = bytearray(packed([("a", b"x" * 50), ("b", b"y" * 50)]))
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 3)
    return bytes(content)


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
GIF = b"GIF89a" + struct.pack("<HH", 3, 4) + b"\0\0\0;"
WEBP = riff(b"WEBP", b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\x09\0\0" + b"\x13\0\0")
LOSSLESS = riff(b"WEBP", b"VP8L" + struct.pack("<I", 5) + b"\x2f" + struct.pack("<I", 9 | 19 << 14) + b"\0")
LOSSY = riff(b"WEBP", b"VP8 " + struct.pack("<I", 10) + b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 10, 20))
ISPE = struct.pack(">I", 20) + b"ispe\0\0\0\0"
HEIC = boxed(b"heic", ISPE + struct.pack(">II", 512, 512) + ISPE + struct.pack(">II", 4032, 3024))
DOCX, XLSX, PPTX = office("word/document.xml"), office("xl/workbook.xml"), office("ppt/presentation.xml")

GOOD = [
    ("a.png", png(), "png"),
    ("A.PNG", png(), "png"),
    ("照片.jpg", jpeg(), "jpeg"),
    ("a.jpeg", jpeg(), "jpeg"),
    ("a.gif", GIF, "gif"),
    ("a.webp", WEBP, "webp"),
    ("a.webp", LOSSLESS, "webp"),
    ("a.webp", LOSSY, "webp"),
    ("a.heic", HEIC, "heic"),
    ("合同 v1.2.pdf", PDF, "pdf"),
    ("a.docx", DOCX, "docx"),
    ("a.xlsx", XLSX, "xlsx"),
    ("a.pptx", PPTX, "pptx"),
    ("a.doc", ole("WordDocument"), "doc"),
    ("a.xls", ole("Workbook"), "xls"),
    ("a.ppt", ole("PowerPoint Document"), "ppt"),
    ("a.txt", "客户说：好".encode(), "text"),
    ("a.csv", "客户,电话\n甲,1".encode("gb18030"), "text"),
    ("a.txt", "甲".encode("utf-16"), "text"),
    ("a.zip", zipped(a=b"1"), "zip"),
    ("a.mp3", b"ID3\4\0\0\0\0\0\0", "mp3"),
    ("a.mp3", b"\xff\xfb\x90\0" * 4, "mp3"),
    ("a.m4a", boxed(b"M4A "), "m4a"),
    ("a.wav", riff(b"WAVE", b"fmt "), "wav"),
    ("a.amr", b"#!AMR\n\0", "amr"),
    ("a.mp4", boxed(b"isom"), "mp4"),
    ("a.txt", "他说 <script> 不行".encode(), "text"),
]

BAD = [
    ("空", "a.png", b"", "空的"),
    ("无扩展名", "README", b"x", "缺少扩展名"),
    ("只有点", ".png", png(), "扩展名"),
    ("网页", "a.html", b"<html>", "不能上传"),
    ("图标", "a.svg", b"<svg onload=alert(1)>", "不能上传"),
    ("脚本", "a.js", b"alert(1)", "不能上传"),
    ("程序", "a.exe", b"MZ\x90\0", "不能上传"),
    ("壳", "a.sh", b"#!/bin/sh", "不能上传"),
    ("宏表", "a.xlsm", XLSX, "不能上传"),
    ("快捷方式", "a.lnk", b"L\0\0\0", "不能上传"),
    ("网页充图片", "a.png", b"<html>" + SCRIPT, "不一致"),
    ("图标充图片", "a.jpg", b"<svg>" + SCRIPT, "不一致"),
    ("程序充文档", "a.pdf", b"MZ\x90\0", "不一致"),
    ("程序充文本", "a.txt", b"MZ\x90\0\3\0", "不一致"),
    ("图片充图片", "a.png", jpeg(), "不一致"),
    ("文档充图片", "a.png", PDF, "不一致"),
    ("压缩充文档", "a.docx", zipped(a=b"1"), "不一致"),
    ("表充文档", "a.docx", XLSX, "不一致"),
    ("表充压缩", "a.zip", XLSX, "不一致"),
    ("音充视频", "a.mp4", boxed(b"M4A "), "不一致"),
    ("未知视频", "a.mp4", boxed(b"xxxx"), "不一致"),
    ("旧表充旧文档", "a.doc", ole("Workbook"), "不一致"),
    ("旧壳", "a.xls", ole("x"), "不一致"),
    ("网页充文本", "a.txt", b"\xef\xbb\xbf <!DOCTYPE html>" + SCRIPT, "混有"),
    ("网页充表", "a.csv", b"<html><body>", "混有"),
    ("双扩展名", "a.php.jpg", jpeg(), "另一个扩展名"),
    ("双扩展名大写", "a.PHP.JPG", jpeg(), "另一个扩展名"),
    ("倒着的双扩展名", "a.jpg.exe", b"MZ", "不能上传"),
    ("反向字符", "a\u202egpj.exe", b"MZ", "不能上传"),
    ("空格扩展名", "a.html .png", png(), "另一个扩展名"),
    ("空字符", "a.exe\0.png", png(), "另一个扩展名"),
    ("图片带脚本", "a.jpg", jpeg(comment=SCRIPT), "混有"),
    ("图片尾带脚本", "a.gif", GIF + SCRIPT, "混有"),
    ("图片带代码", "a.jpg", jpeg(comment=b"<?php system($_GET[0]); ?>"), "混有"),
    ("图片尾带内容", "a.png", png() + b"more", "后面接有"),
    ("图片带压缩", "a.jpg", jpeg() + zipped(a=b"1"), "混有"),
    ("文档带压缩", "a.pdf", PDF + zipped(a=b"1"), "混有"),
    ("动图即文档", "a.gif", GIF + PDF, "混有"),
    ("音带脚本", "a.mp3", b"ID3\4\0\0\0\0\0\0" + SCRIPT, "混有"),
    ("文档带网页", "a.pdf", b"%PDF-1.4\n<html>" + SCRIPT + PDF, "混有"),
    ("残缺文档", "a.pdf", b"%PDF-1.4\n", "不完整"),
    ("残缺图片", "a.png", png()[:20], "不完整"),
    ("坏头图片", "a.jpg", b"\xff\xd8\xff\xd9", "损坏"),
    ("零宽图片", "a.png", png(0, 5), "损坏"),
    ("巨图", "a.png", png(30_000, 30_000), "30000×30000"),
    ("巨照", "a.jpg", jpeg(60_000, 60_000), "太大"),
    ("长图", "a.png", png(40_000, 10), "太大"),
    ("坏压缩", "a.zip", b"PK\3\4rubbish", "损坏"),
    ("路径", "a.zip", packed([("../../etc/cron", b"x")]), "指向外面"),
    ("绝对路径", "a.zip", packed([("/etc/cron", b"x")]), "指向外面"),
    ("反斜杠路径", "a.zip", packed([("a\\..\\..\\b", b"x")]), "指向外面"),
    ("盘符", "a.zip", packed([("C:/x", b"x")]), "指向外面"),
    ("链接", "a.zip", link(), "链接"),
    ("密码", "a.zip", encrypted(), "密码"),
    ("炸弹", "a.zip", zipped(a=b"\0" * (40 << 20)), "压缩比"),
    ("多文件", "a.zip", packed([(str(n), b"") for n in range(5_001)]), "太多"),
    ("重叠", "a.zip", overlapping(), "不正常"),
    ("宏文档", "a.docx", office("word/document.xml", ("word/vbaProject.bin", b"x")), "宏"),
    ("旧宏文档", "a.doc", ole("WordDocument", "_VBA_PROJECT"), "宏"),
    ("表带路径", "a.xlsx", office("xl/workbook.xml", ("../x", b"")), "指向外面"),
    (
        "外部实体",
        "a.xlsx",
        office("xl/workbook.xml", xml=b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x/>'),
        "外部引用",
    ),
]


@pytest.mark.parametrize(("name", "content", "kind"), GOOD)
def test_good_file_is_let_in(name: str, content: bytes, kind: str) -> None:
    checked = check_file(content, name)
    assert checked.reason == ""
    assert checked.kind is not None
    assert checked.kind.key == kind


@pytest.mark.parametrize(("name", "content", "reason"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_file_is_refused_with_its_reason(name: str, content: bytes, reason: str) -> None:
    checked = check_file(content, name)
    assert reason in checked.reason
    assert (checked.ok, checked.kind) == (False, None)


@pytest.mark.parametrize(
    ("name", "content", "size"),
    [
        ("a.png", png(7, 9), (7, 9)),
        ("a.jpg", jpeg(7, 9), (7, 9)),
        ("a.gif", GIF, (3, 4)),
        ("a.webp", WEBP, (10, 20)),
        ("a.webp", LOSSLESS, (10, 20)),
        ("a.webp", LOSSY, (10, 20)),
        ("a.heic", HEIC, (4032, 3024)),
    ],
)
def test_picture_size_is_read(name: str, content: bytes, size: tuple[int, int]) -> None:
    assert check_file(content, name).size == size


def test_groups_and_size_narrow_what_is_let_in() -> None:
    assert check_file(png(), "a.png", groups=("image",)).ok
    assert "不能上传 pdf" in check_file(PDF, "a.pdf", groups=("image",)).reason
    assert "太大" in check_file(b"x" * (2 << 20), "a.txt", most_bytes=1 << 20).reason


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("报价单.pdf", "报价单.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("", "文件"),
        ("...", "文件"),
        ("/", "文件"),
        ("con.txt", "_con.txt"),
        ('a<b>"c.pdf', "a_b__c.pdf"),
        (" . a .pdf ", "a .pdf"),
        ("\u200b\ufeff", "文件"),
        ("a\0b.pdf", "ab.pdf"),
    ],
)
def test_safe_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_long_name_keeps_its_ending() -> None:
    short = safe_name("很长的名字" * 100 + ".docx")
    assert short.endswith(".docx")
    assert len(short.encode()) <= 180


def test_download_header() -> None:
    assert content_disposition("报价 单.pdf") == (
        "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E6%8A%A5%E4%BB%B7%20%E5%8D%95.pdf"
    )
    assert content_disposition("a.png", inline=True) == "inline; filename=\"a.png\"; filename*=UTF-8''a.png"


@given(st.text(max_size=300))
def test_any_name_is_made_safe(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe_name(safe)
    assert safe not in ("", ".", "..")
    assert not set(safe) & set('/\\\0\r\n"')
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


@given(
    st.binary(max_size=120),
    st.sampled_from([good[0].lower() for good in GOOD]),
    st.sampled_from([good[1][:40] for good in GOOD]),
)
def test_any_bytes_are_answered(content: bytes, name: str, start: bytes) -> None:
    kind_of(start + content)
    checked = check_file(start + content, name)
    assert checked.ok == (checked.kind is not None)
    with suppress(UnicodeEncodeError):
        checked.name.encode()
