"""Phone numbers as cells hold them: several, with words around them, with an extension, ruined by a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from genjin.kernel import normal
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.rules import CellProblem
from genjin.surfaces.imports.values.found import (
    Asked,
    Found,
    Reader,
    digits_of,
    is_nothing,
    plain,
    refuse_broken,
    shortened,
)
from genjin.surfaces.imports.values.numbers import scientific

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_BETWEEN = re.compile(r"[、,;|\n\r\t]+|:::|\s+/\s+|(?<=\d)\s*(?:或者?|和|及|&)\s*(?=[+\d(])")
_LOOSER = re.compile(r"/|\s+")
_NUMBER = re.compile(r"\(?\+?\d[\d\s().+*#—–-]{5,}\d(?:\s*(?:转|分机|ext\.?)\s*\d{1,6})?", re.IGNORECASE)
_SAID_ANYWAY = re.compile(
    r"(?:联系|移动|办公|公司|家庭|住宅|客户)?(?:手机|电话|座机|固话|固定电话|号码|电话号码|手机号码?|办公室?|家|单位|总机|tel|phone|mobile|cell|office|home|work|fax)"
    r"(?:号码?)?[:：.]?",
    re.IGNORECASE,
)
_TOUCHED = re.compile("[A-Za-z*]#|#[A-Za-z*]")  # a letter beside the digits may be one of them
_EXPONENT = re.compile(r"[-+]?\d(?:\.\d+)?[eE]\+?\d{1,2}")
MOST = 6


def reader(asked: Asked) -> Reader:
    """Reads the first number; further ones go to the second phone field of the part or to the remarks."""
    return _Phones(asked).read


class _Phones:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.second = "telephone" if asked.field.key == "phone" and "telephone" in asked.at_hand else ""

    def read(self, cell: Cell) -> object:
        """The normal form of the number, or a Found with all that stood in the cell."""
        if cell is None:
            return None
        if isinstance(cell, str):
            bare = cell if len(cell) == 11 else cell.replace(" ", "").replace("-", "")
            return bare if _MOBILE.fullmatch(bare) else self._text(cell)
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            raise CellProblem(_("这里要填电话号码，例如 138 1234 5678"))
        return self._text(digits_of(cell))

    def _text(self, cell: str) -> object:
        text = "\n".join(plain(line) for line in cell.splitlines()).strip()
        refuse_broken(text)
        if is_nothing(text):
            return None
        text = re.sub(r"^['’‘`]|(?<=\d{7})\.0$", "", text)
        if _EXPONENT.fullmatch(text):
            text = _unruined(text)
        whole = normal.check_phone(text)
        if whole.ok and whole.normal is not None:
            return whole.normal
        numbers, words = _taken_apart(text)
        if not numbers:
            raise CellProblem(_with_way_out(whole.reason, text), _mended(text))
        return self._several(numbers, words, text)

    def _several(self, numbers: list[str], words: bool, text: str) -> Found:
        first, *more = numbers
        others = {self.second: more[0]} if more and self.second else {}
        left = more[1:] if others else more
        rest = (text,) if words else (("、".join(left),) if left else ())
        hint = ""
        if more:
            hint = _("有 %(count)d 个号码：第一个填入这里，其余的填入座机或备注") % {"count": len(numbers)}
        elif words:
            hint = _("号码之外的文字写入备注")
        return Found(first, others, rest, hint, tuple(numbers))


def _taken_apart(text: str) -> tuple[list[str], bool]:
    """The numbers among the words, and whether words are left that say something. None is given when what looks like a
    number is none: nobody's number is guessed."""
    numbers: list[str] = []
    words = False
    for piece in _pieces(text):
        number, left = _one(piece)
        if number is None:
            if re.search(r"\d{5,}", left):
                return [], True
            words = words or bool(left)
            continue
        numbers.append(number)
        words = words or bool(left)
    unique = list(dict.fromkeys(numbers))
    return (unique, words) if len(unique) <= MOST else ([], True)


def _pieces(text: str) -> Iterator[str]:
    """The parts of a cell; slash and space part only what is no number as a whole."""
    for piece in _BETWEEN.split(text):
        if not piece.strip():
            continue
        if _one(piece)[0] is not None and len(re.sub(r"\D", "", piece)) <= 16:
            yield piece
            continue
        looser = [part for part in _LOOSER.split(piece) if part.strip()]
        readable = [part for part in looser if _one(part)[0] is not None]
        yield from looser if len(readable) >= 2 else [piece]


def _one(piece: str) -> tuple[str | None, str]:
    """The number of a piece, and the words around it."""
    checked = normal.check_phone(piece)
    if checked.ok:
        return checked.normal, ""
    found = _NUMBER.search(piece)
    if not found:
        return None, _SAID_ANYWAY.sub("", piece).strip(" ()（）:：-")
    number = normal.check_phone(found[0])
    before, after = _SAID_ANYWAY.sub("", piece[: found.start()]), _SAID_ANYWAY.sub("", piece[found.end() :])
    if not number.ok or re.search(r"\d", before + after) or _TOUCHED.search(f"{before}#{after}"):
        return None, piece
    return number.normal, f"{before} {after}".strip(" ()（）:：-")


def _unruined(text: str) -> str:
    """The digits of `1.3812345678E+10`. Raises CellProblem when the spreadsheet has thrown some away."""
    number = scientific(text)
    mantissa, exponent = re.split("[eE]", text.lstrip("+-"))
    if number is not None and len(mantissa.partition(".")[2]) >= int(exponent) - 1 and number == int(number):
        return str(int(number))
    raise CellProblem(
        _(
            "号码被 Excel 变成了科学计数法“%(text)s”，后几位已经丢失，无法恢复；"
            "请从原表找回完整号码（先把该列设为文本格式），或在这里直接填写"
        )
        % {"text": text}
    )


def _with_way_out(reason: str, text: str) -> str:
    if re.fullmatch(r"[\d\s-]+", text) and len(re.sub(r"\D", "", text)) > 11:
        return _("%(reason)s；多个号码请用顿号隔开") % {"reason": reason}
    if re.search(r"\d", text):
        return _("%(reason)s：“%(text)s”") % {"reason": reason, "text": shortened(text)}
    return reason


def _mended(text: str) -> str:
    """What was surely meant: letters that look like digits."""
    digits = text.translate(str.maketrans("OoIl", "0011"))
    if digits == text:
        return ""
    checked = normal.check_phone(digits)
    return checked.normal or "" if checked.ok and checked.kind == "mobile" else ""
