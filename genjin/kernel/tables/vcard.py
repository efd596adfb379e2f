"""A vCard file as a book of one sheet: a row for each contact, under the headings that people use."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeAlias

from django.utils.translation import gettext as _

from genjin.kernel.tables.cells import MOST_ROWS, Cell, Row, SheetInfo, Source, Unreadable, text_cell, too_many_rows
from genjin.kernel.tables.vcard_lines import Property, properties

ALWAYS = ("姓名", "手机", "电话", "邮箱", "公司", "部门", "职务", "地址", "生日", "微信", "备注")
# A column that hardly a card uses comes only where its word stands somewhere in the file.
SOMETIMES = {"昵称": b"NICKNAME", "性别": b"GENDER", "传真": b"FAX", "QQ": b"QQ", "网址": b"URL", "标签": b"CATEGORIES"}
PIECE = 1 << 18
MOST_LINES = 200
_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_DAY = re.compile(r"(\d{4}|--)-?(\d{2})-?(\d{2})(?:[T ].*)?")
_HOME = frozenset({"中国", "中华人民共和国", "china", "cn", "chn", "people's republic of china"})
_SERVICES = {
    "微信": re.compile("wechat|weixin|微信", re.IGNORECASE),
    "QQ": re.compile(r"\bqq\b|tencent", re.IGNORECASE),
}
_GENDERS = {"M": "男", "F": "女", "MALE": "男", "FEMALE": "女", "男": "男", "女": "女", "1": "男", "2": "女"}


class Cards(Source):
    """A .vcf file. Raises Unreadable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        count, words = _survey(path)
        if not count:
            raise Unreadable(_("文件里没有联系人：vcf 文件应有 BEGIN:VCARD 和 END:VCARD；请从手机或邮箱重新导出"))
        self._headings = [*ALWAYS, *(heading for heading, word in SOMETIMES.items() if word in words)]
        self.sheets = [SheetInfo("联系人", count + 1, len(self._headings))]

    def rows(self, place: int) -> Iterator[Row]:  # noqa: ARG002 (there is one sheet)
        yield 1, list[Cell](self._headings)
        for number, card in enumerate(self._cards(), 2):
            yield number, [card.get(heading) for heading in self._headings]

    def _cards(self) -> Iterator[dict[str, Cell]]:
        count = 0
        with _reading(self._path) as readline:
            for lines in _each_card(properties(readline)):
                count += 1
                if count >= MOST_ROWS:
                    raise too_many_rows()
                yield _contact(lines)


def _survey(path: Path) -> tuple[int, set[bytes]]:
    """How many cards there may be, and which of the words stand somewhere."""
    count, words, before = 0, set[bytes](), b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            text = before + piece.replace(b"\x00", b"").upper()
            count += text.count(b"BEGIN:VCARD")
            words.update(word for word in SOMETIMES.values() if word in text)
            before = text[-10:]
    return count, words


def is_vcard(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a vCard, in any encoding."""
    return b"BEGIN:VCARD" in start.replace(b"\x00", b"")[:200].upper()


@contextmanager
def _reading(path: Path) -> Iterator[Callable[[int], bytes]]:
    """What gives the next line; one in UTF-16 comes as UTF-8."""
    with path.open("rb") as file:
        mark = file.read(3)
        file.seek(3 if mark == codecs.BOM_UTF8 else 0)
        if not mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            yield file.readline
            return
    with path.open(encoding="utf-16", errors="replace", newline="\n") as text:
        yield lambda most: text.readline(most).encode("utf-8", "replace")


def _each_card(found: Iterator[Property]) -> Iterator[list[Property]]:
    """The properties of each card; a card inside a card (an agent's) is left out, a missing END forgiven."""
    card: list[Property] | None = None
    inner = 0
    for each in found:
        word = each.value.strip().upper()
        if each.name == "BEGIN" and word == "VCARD":
            if card and card[-1].name == "AGENT":
                inner += 1
                continue
            if card:
                yield card
            card = []
        elif each.name == "END" and word == "VCARD":
            if inner:
                inner -= 1
            elif card is not None:
                yield card
                card = None
        elif card is not None and not inner and len(card) < MOST_LINES:
            card.append(each)
    if card:
        yield card


def _contact(lines: list[Property]) -> dict[str, Cell]:
    """Heading → cell of one card; what occurs several times stands joined."""
    labels = {each.group: each.text for each in lines if each.name == "X-ABLABEL" and each.group}
    found: dict[str, list[str]] = {}

    def add(heading: str, *texts: str) -> None:
        known = found.setdefault(heading, [])
        known += [text for text in map(str.strip, texts) if text and text not in known]

    for each in sorted(lines, key=_preferred):
        reader = _READERS.get(each.name)
        if reader:
            reader(each, add)
        else:
            _service(each, labels.get(each.group, ""), add)
    card: dict[str, Cell] = {
        heading: text_cell(_JOINED.get(heading, "、").join(texts)) for heading, texts in found.items()
    }
    card["姓名"] = _name(lines) or card.get("昵称")
    card["生日"] = next((day for each in lines if each.name == "BDAY" and (day := _birthday(each))), None)
    return {heading: cell for heading, cell in card.items() if cell is not None}


def _preferred(each: Property) -> tuple[bool, bool]:
    """The preferred of several comes first; an address at work before one at home."""
    told = (each.said or {}).get("PREF", "")
    return not ("PREF" in each.types or told == "1"), each.name == "ADR" and "WORK" not in each.types


def _name(lines: list[Property]) -> str | None:
    formatted = next((each.text for each in lines if each.name == "FN" and each.text.strip()), "")
    parts = next((each.parts() for each in lines if each.name == "N"), [])
    family, given, more = (*parts, "", "", "")[:3]
    formatted = _BETWEEN_HAN.sub("", formatted.strip())
    if not _HAN.search(family + given):
        return text_cell(formatted or " ".join(part for part in (given, more, family) if part))
    chinese = "".join((family, more, given)).replace(" ", "")
    # Phones set up in English write 伟 张 for 张伟.
    turned = sorted(formatted.replace(" ", "")) == sorted(chinese)
    return text_cell(chinese if turned or not formatted else formatted)


def _birthday(each: Property) -> Cell:
    """A date, or "05-23" where the year is not told."""
    found = _DAY.fullmatch(each.text.strip())
    if not found:
        return text_cell(each.text)
    year, month, day = found.groups()
    if year == "--" or (each.said or {}).get("X-APPLE-OMIT-YEAR") == year:
        return f"{month}-{day}"
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return text_cell(each.text)


def _phone(each: Property, add: _Add) -> None:
    number = re.sub(r"^tel:|;.*$", "", each.text.strip(), flags=re.IGNORECASE)
    if "FAX" in each.types:
        add("传真", number)
    elif each.types & {"CELL", "IPHONE", "MOBILE"} or _MOBILE.fullmatch(re.sub(r"[\s\-()]", "", number)):
        add("手机", number)
    else:
        add("电话", number)


def _organisation(each: Property, add: _Add) -> None:
    company, *departments = [*each.parts(), ""]
    add("公司", company)
    add("部门", " ".join(filter(None, departments)))


def _address(each: Property, add: _Add) -> None:
    _box, extended, street, city, region, code, country = (*each.parts(), *[""] * 7)[:7]
    country = "" if country.lower() in _HOME else country
    parts = [part.replace("\n", " ") for part in (country, region, city, street, extended) if part]
    if not _HAN.search("".join(parts)):
        add("地址", ", ".join(filter(None, (extended, street, city, region, code, country))))
        return
    whole = ""
    for part in parts:
        # Many write the whole address into the street.
        whole = part if part.startswith(whole) else whole + part
    add("地址", whole)


def _service(each: Property, label: str, add: _Add) -> None:
    """Accounts of WeChat and QQ, in the many ways that phones and mail programs write them."""
    if not each.name.startswith("X-") and each.name != "IMPP":
        return
    said = " ".join((each.name, label, *each.types, *(each.said or {}).values(), each.text.partition(":")[0]))
    heading = next((heading for heading, known in _SERVICES.items() if known.search(said.replace("-", " "))), "")
    if heading and each.name != "X-ABLABEL":
        add(heading, re.sub(r"^(?:https?://[^/]+/|[\w.+-]+:(?://)?)", "", each.text.strip()))


def _plainly(heading: str) -> _Reader:
    return lambda each, add: add(heading, each.text)


_Add: TypeAlias = Callable[..., None]
_Reader: TypeAlias = Callable[[Property, _Add], None]
_JOINED = {"备注": "\n", "地址": "；"}
_READERS: dict[str, _Reader] = {
    "TEL": _phone,
    "ORG": _organisation,
    "ADR": _address,
    "EMAIL": lambda each, add: add("邮箱", re.sub("^mailto:", "", each.text, flags=re.IGNORECASE)),
    "TITLE": _plainly("职务"),
    "ROLE": _plainly("职务"),
    "NOTE": _plainly("备注"),
    "NICKNAME": _plainly("昵称"),
    "URL": _plainly("网址"),
    "X-WECHAT": _plainly("微信"),
    "X-QQ": _plainly("QQ"),
    "CATEGORIES": lambda each, add: add("标签", *each.parts(",")),
    "GENDER": lambda each, add: add("性别", _GENDERS.get(each.parts()[0].upper(), "")),
    "X-GENDER": lambda each, add: add("性别", _GENDERS.get(each.text.strip().upper(), "")),
}
