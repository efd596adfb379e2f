"""Files that are damaged, or made to harm: each is read or refused in plain words, with little memory and in time."""

from __future__ import annotations

import io
import json
import random
import re
import select
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genjin.kernel.tests.workbooks import FILES, PLAIN, SHEET, STRINGS, with_cells, with_entry, with_strings, xlsx

pytestmark = pytest.mark.slow(about=40)
HANGS = 300
Read = Callable[[bytes, str], dict[str, Any]]
XLSX = (FILES / "客户跟进记录统计表.xlsx").read_bytes()
XLS = (FILES / "客户.xls").read_bytes()
CSV = '客户名称,电话,备注\r\n苏州晶砺,138,"多\n行"\r\n无锡,139,好\r\n'.encode("gbk")
VCARD = (
    b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=D5=C5;=CE=B0;;;\r\nTEL;CELL:138\r\n"
    b"NOTE;ENCODING=QUOTED-PRINTABLE:=E4=\r\n=BD=A0\r\nBDAY:--0523\r\nADR:;;a;b;c;;d\r\nEND:VCARD\r\n"
)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    """What becomes of a file. A reader that dies or hangs fails the test that asked."""
    path = tmp_path_factory.mktemp("hostile") / "stored"
    command = [sys.executable, "-m", "genjin.kernel.tests.reading_child"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as child:
        assert child.stdin
        assert child.stdout
        asked, told = child.stdin, child.stdout

        def ask(content: bytes, filename: str) -> dict[str, Any]:
            path.write_bytes(content)
            asked.write(f"{path}\t{filename}\n")
            if not select.select([told], [], [], HANGS)[0]:
                child.kill()
                pytest.fail("the reader hangs")
            line = told.readline()
            assert line, "the reader died"
            answer: dict[str, Any] = json.loads(line)
            assert "crashed" not in answer, answer["crashed"]
            if "refused" in answer:
                assert re.search(r"[\u3400-\u9fff]{4}", answer["refused"])
            return answer

        yield ask
        asked.close()


SMALL = b'<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
MILLION = 1_048_576


def empty_rows() -> Iterator[bytes]:
    yield SMALL
    for number in range(3, MILLION, 1024):
        yield b"".join(b'<row r="%d" s="1" customFormat="1"/>' % n for n in range(number, min(number + 1024, MILLION)))


def wide_rows() -> Iterator[bytes]:
    names = [f"{a}{b}{c}".encode() for a in ["", *"ABC"] for b in ["", *map(chr, range(65, 91))] if a <= b or b
             for c in map(chr, range(65, 91))]  # fmt: skip
    yield SMALL
    for number in range(3, 40):
        yield b'<row r="%d">' % number + b"".join(b'<c r="%b%d" s="3"/>' % (n, number) for n in names) + b"</row>"


def merged(count: int) -> bytes:
    return (
        b"<mergeCells>"
        + b"".join(b'<mergeCell ref="A%d:C%d"/>' % (n, n + 1) for n in range(2, count))
        + b"</mergeCells>"
    )


FAR = SMALL + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
LINKS = b'<x xmlns:r="r"><y r:id="rId1"/></x>'


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (lambda: with_cells(wide_rows()), 1),
        (lambda: with_cells(FAR), 1),
        (lambda: with_cells(SMALL, merged(60_000)), 1),
        (lambda: with_cells(SMALL, b'<mergeCells><mergeCell ref="A2:A1048576"/></mergeCells>'), 1),
        (lambda: with_entry(xlsx(("a", PLAIN)), "xl/externalLinks/externalLink1.xml", LINKS), 2),
        (lambda: with_strings([["a", "b"], *[[f"x{n}"] for n in range(101_000)]]), 101_000),
    ],
    ids=["formatted columns", "far cell", "many merges", "long merge", "external link", "many texts"],
)
def test_size_that_is_only_pretended_costs_nothing(read: Read, content: Callable[[], bytes], rows: int) -> None:
    assert read(content(), "a.xlsx")["rows"] == rows


def test_a_million_empty_rows_are_not_even_looked_at(read: Read) -> None:
    found = read(with_cells(empty_rows()), "a.xlsx")
    assert (found["told"], found["last"], found["rows"]) == (2, 2, 1)


def times(piece: bytes, count: int) -> Iterable[bytes]:
    return repeat(piece * 1024, count // 1024)


def mixed(form: str, count: int) -> bytes:
    """Many pieces that hardly compress: the check of the ratio lets them pass."""
    chosen = random.Random(4)  # noqa: S311 (no secret)
    return "".join(form % chosen.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN") for _ in range(count)).encode()


def noise(size: int) -> bytes:
    """Text that hardly compresses."""
    return random.Random(4).randbytes(size // 2).hex().encode()  # noqa: S311 (no secret)


def named(count: int) -> Iterator[bytes]:
    for start in range(0, count, 1024):
        yield b"".join(b"<n%d/>" % n for n in range(start, start + 1024))


def doctype(entities: bytes) -> bytes:
    return with_cells(b"<row><c><v>&a;</v></c></row>", before=b"<!DOCTYPE x [" + entities + b"]>")


def many_entries() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(6_000):
            archive.writestr(str(number), b"")
    return stream.getvalue()


def encrypted_entry() -> bytes:
    content = bytearray(xlsx(("a", PLAIN)))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


NO_TEXT = b'<w><sheetData><row><c t="s"><v>9</v></c></row></sheetData></w>'


def lying_entry() -> bytes:
    """The directory says 10 bytes, more come out."""
    content = bytearray(with_cells(mixed("<row><c><v>%s</v></c></row>", 1 << 15)))
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(content)


LAUGHS = b'<!ENTITY a0 "ha">' + b"".join(b'<!ENTITY a%d "%b">' % (n + 1, b"&a%d;" % n * 10) for n in range(12))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda: doctype(b'<!ENTITY a SYSTEM "file:///etc/passwd">'), "实体"),
        (lambda: doctype(LAUGHS + b'<!ENTITY a "&a12;">'), "实体"),
        (lambda: with_cells([b"<row>", *times(b"<c>", 3 << 20)]), "损坏"),
        (lambda: with_cells([b"<row><c>", *times(b"<v>", 3 << 20)]), "损坏"),
        (lambda: with_cells(mixed("<%s>", 1 << 18)), "损坏"),
        (lambda: with_cells(b'<row x="' + noise(3 << 20) + b'"/>'), "损坏"),
        (lambda: with_cells(b"<!--" + noise(3 << 20) + b"-->"), "损坏"),
        (lambda: with_cells(named(1 << 16)), "损坏"),
        (lambda: with_cells([b"<row><c><v>", *times(b"\0", 120 << 20), b"</v></c></row>"]), "压缩比"),
        (lambda: with_entry(xlsx(("a", PLAIN)), "xl/media/a.bin", times(b"\0", 60 << 20)), "压缩比"),
        (lambda: with_cells(b'<row r="1048577"><c r="A1048577"><v>1</v></c></row>'), "行数太多"),
        (lambda: with_cells(b'<row r="5"/><row r="5"/>'), "行号"),
        (lambda: with_cells(b'<row r="99999999999999999999"/>'), "损坏"),
        (lambda: with_entry(with_strings([["a"]]), SHEET, NO_TEXT), "文字找不到"),
        (lambda: xlsx(("a", [["x"] * 300])), "列数太多"),
        (lambda: with_entry(xlsx(("a", PLAIN)), "xl/workbook.xml", b"<workbook/>"), "没有工作表"),
        (lambda: with_entry(with_entry(b"PK\5\6" + b"\0" * 18, "mimetype", b"x"), "content.xml", b"x"), "ods"),
        (lambda: with_entry(b"PK\5\6" + b"\0" * 18, "word/document.xml", b"<x/>"), "不是 Excel"),
        (many_entries, "太多"),
        (encrypted_entry, "密码"),
        (lying_entry, "损坏"),
        (lambda: XLSX[:3000], "损坏"),
        (lambda: XLSX[:-30], "损坏"),
    ],
)
def test_what_would_harm_is_refused(read: Read, content: Callable[[], bytes], reason: str) -> None:
    assert reason in read(content(), "a.xlsx")["refused"]


def test_a_long_text_is_cut_and_not_kept(read: Read) -> None:
    text = b"<sst><si><t>" + noise(2 << 20) + b"</t></si></sst>"
    row = b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    assert read(with_entry(with_cells(row), STRINGS, text), "a.xlsx")["rows"] == 0


@pytest.mark.parametrize("name", ["../x.xml", "/x.xml", "a\\..\\..\\x", "C:\\x"])
def test_workbook_with_paths_outside_is_refused(read: Read, name: str) -> None:
    assert "指向外面" in read(with_entry(xlsx(("a", PLAIN)), name, b"x"), "a.xlsx")["refused"]


@pytest.mark.parametrize(
    ("content", "filename", "reason"),
    [
        (b"", "a.xlsx", "空的"),
        (b" \r\n", "a.csv", "空的"),
        (b"%PDF-1.4", "a.pdf", "只能读取"),
        (b"%PDF-1.4", "a.xls", "只能读取"),
        (b"<html><table></table></html>", "a.xls", "网页"),
        (b'<?xml version="1.0"?><Workbook/>', "a.xls", "另存为 xlsx"),
        (b"PK\x03\x04rubbish", "a.xlsx", "损坏"),
        (XLSX, "a.xlsm", "xlsm"),
        (XLSX, "a.xlsb", "xlsb"),
        (XLSX, "a.ods", "ods"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.xls", "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "密码"),
        (XLS[:0x210] + XLS[0x210:].replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00", 1), "a.xls", "密码"),
        (b"a,b\n\x00\x01", "a.csv", "不是文本"),
        (b"a,b\n\xff\xff\xff", "a.csv", "编码"),
        (("x," * 300).encode(), "a.csv", "列数太多"),
        (b"a,b\n" + b'"x' + b"y\n" * 200_000, "a.csv", "引号"),
        (b"a" * (9 << 20), "a.csv", "太长"),
        (b"a,b\n1,2\n" + b"\n" * MILLION, "a.csv", "行数太多"),
        (b"hello", "a.vcf", "BEGIN:VCARD"),
    ],
)
def test_what_is_no_table_says_what_to_do(read: Read, content: bytes, filename: str, reason: str) -> None:
    assert reason in read(content, filename)["refused"]


def test_a_line_of_signs_alone_and_a_photo_without_end_are_read(read: Read) -> None:
    assert read(b"a,b\n1,2\n" + b"," * (3 << 20), "a.csv")["rows"] == 1
    endless = b"BEGIN:VCARD\nFN:a\nPHOTO;ENCODING=b:" + b"QUJD" * (8 << 20)
    assert read(endless, "a.vcf")["rows"] == 1


def test_old_workbooks_with_impossible_numbers_are_refused_or_read(read: Read) -> None:
    for place in (0x2C, 0x30, 0x3C, 0x40, 0x44, 0x48, 0x4C, 0x50, 0x200, 0x204):
        for number in (0, 1, 2, 3, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF, 0x00FFFFFF):
            read(XLS[:place] + struct.pack("<I", number) + XLS[place + 4 :], "a.xls")
    for record in (b"\x00\x02\x0e\x00", b"\xfc\x00", b"\x85\x00", b"\xe5\x00", b"\x03\x02\x0e\x00"):
        for found in re.finditer(re.escape(record), XLS):
            for number in (0xFFFFFFFF, 0x7FFFFFFF, 0):
                read(XLS[: found.end()] + struct.pack("<II", number, number) + XLS[found.end() + 8 :], "a.xls")


RELAXED = settings(max_examples=70, deadline=None, suppress_health_check=list(HealthCheck))
FLIPS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12)
ORIGINALS = st.sampled_from([(XLSX, "a.xlsx"), (XLS, "a.xls"), (CSV, "a.csv"), (VCARD, "a.vcf")])


@RELAXED
@given(ORIGINALS, FLIPS, st.floats(0, 1))
def test_flipped_and_cut_files_are_read_or_refused(
    read: Read, original: tuple[bytes, str], flips: list[tuple[float, int]], end: float
) -> None:
    content, filename = original
    read(_flipped(content, flips), filename)
    read(content[: int(len(content) * end)] or b"x", filename)


PARTS = sorted(zipfile.ZipFile(io.BytesIO(XLSX)).namelist())


@RELAXED
@given(st.sampled_from([p for p in PARTS if p.endswith((".xml", ".rels"))]), FLIPS, st.floats(0, 1))
def test_workbooks_with_damaged_parts_are_read_or_refused(
    read: Read, part: str, flips: list[tuple[float, int]], end: float
) -> None:
    whole = zipfile.ZipFile(io.BytesIO(XLSX)).read(part)
    read(with_entry(XLSX, part, _flipped(whole, flips)), "a.xlsx")
    read(with_entry(XLSX, part, whole[: int(len(whole) * end)]), "a.xlsx")


FRAGMENTS = st.sampled_from(
    b'<row>|</row>|<row r="3">|<row r="2" spans="1:9999999">|<row r="-1">|<c>|</c>|<c r="B3" t="s" s="1">|<c r="ZZZ9">'
    b'|<c r="$A$1">|<c r="1">|<c t="b">|<c t="e">|<c t="d">|<c s="99999999999">|<v>|</v>|<v/>|<f/>|<f>|</f>|<is>|</is>'
    b"|<t>|</t>|<rPh>|</rPh>|1|-1|1e999|nan|0x1|1_0|&#1;|&#65;|&lt;|&a;|\xff|\xe5\xae|<![CDATA[5]]>|<?pi?>|<!-- -->"
    b'|</sheetData>|<sheetData>|<mergeCell ref="A1:A9"/>|<mergeCell ref="B9:A1"/>|<mergeCell ref="ZZZ9999999:A1"/>'
    b"|99999999999999999999999|2958466|0.5|-5|2020-01-01|25:00".split(b"|")
)


@RELAXED
@given(st.lists(FRAGMENTS, max_size=30))
def test_any_mixture_of_tags_is_read_or_refused(read: Read, fragments: list[bytes]) -> None:
    read(with_cells(b"".join(fragments)), "a.xlsx")
    read(with_entry(xlsx(("a", PLAIN)), SHEET, b"<worksheet><sheetData>" + b"".join(fragments)), "a.xlsx")


def _flipped(content: bytes, flips: list[tuple[float, int]]) -> bytes:
    changed = bytearray(content)
    for place, value in flips:
        changed[int(place * len(changed))] = value
    return bytes(changed)
