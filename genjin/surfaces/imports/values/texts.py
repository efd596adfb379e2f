"""Texts: lines, long texts, numbers of other systems, addresses of mail and web, names of people with their titles."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from genjin.kernel import normal
from genjin.kernel.fields import LongText, Text
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.rules import CellProblem
from genjin.surfaces.imports.values.found import (
    DIGITS_KEPT,
    Asked,
    Found,
    Reader,
    is_nothing,
    plain,
    refuse_broken,
    shortened,
    written,
)

CODES = frozenset({"external_code", "code", "credit_code", "wechat"})
_BETWEEN = re.compile(r"[、,;；，|/\s]+|:::")
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+\d{1,2}")


def reader(asked: Asked) -> Reader:
    """Reads a line or several lines of text as they stand."""
    field = asked.field
    keeps_lines = isinstance(field, LongText)
    most = field.most if isinstance(field, Text) else 200

    def read(cell: Cell) -> str | None:
        if cell is None:
            return None
        text = cell if isinstance(cell, str) else written(cell)
        if text.startswith("#"):
            refuse_broken(text.strip())
        text = text.replace("\x00", "").replace("\r\n", "\n").strip() if keeps_lines else " ".join(text.split())
        if len(text) > most:
            asked.parse(text)
        return text or None

    return read


def code_reader(asked: Asked) -> Reader:
    """Reads a number of another system: digits that a spreadsheet has thrown away are told, never invented."""

    def read(cell: Cell) -> str | None:
        if cell is None:
            return None
        text = plain(written(cell))
        refuse_broken(text)
        lost = isinstance(cell, float) and abs(cell) >= 10**DIGITS_KEPT
        if lost or _EXPONENT.fullmatch(text):
            raise CellProblem(
                _("编号“%(text)s”超过 15 位，已被 Excel 改动，后几位丢失；请从原表（文本格式）找回后填写")
                % {"text": shortened(text)}
            )
        if is_nothing(text):
            return None
        value: str = asked.parse(text)
        return value

    return read


def address_reader(asked: Asked) -> Reader:
    """Reads an address of mail or web; of several the first, the others go to the remarks."""

    def read(cell: Cell) -> object:
        if cell is None:
            return None
        text = plain(written(cell))
        refuse_broken(text)
        if is_nothing(text):
            return None
        bare = _bare_address(text)
        pieces = [piece for piece in _BETWEEN.split(text) if "@" in piece] if asked.field.kind == "email" else []
        if len(pieces) > 1:
            first, *more = dict.fromkeys(asked.parse(_bare_address(piece)) for piece in pieces)
            hint = _("有 %(count)d 个邮箱：第一个填入这里，其余的写入备注") % {"count": len(pieces)}
            return Found(first, rest=("、".join(more),) if more else (), hint=hint if more else "")
        try:
            return asked.parse(bare)
        except CellProblem as problem:
            words = _("%(reason)s：“%(text)s”") % {"reason": problem.words, "text": shortened(text)}
            raise CellProblem(words, _mended(asked, bare)) from None

    return read


def _bare_address(text: str) -> str:
    """`张三 <a@b.cn>`, `mailto:a@b.cn` without what stands around."""
    found = re.search(r"<([^<>]+@[^<>]+)>", text)
    return (found[1] if found else text).removeprefix("mailto:").strip()


def _mended(asked: Asked, text: str) -> str:
    """An address without its spaces, or with a comma instead of a dot, where that makes it one."""
    for mended in (text.replace(" ", ""), text.replace(" ", "").replace(",", ".").replace("#", "@")):
        checked = normal.check_email(mended) if asked.field.kind == "email" else normal.check_url(mended)
        if mended != text and checked.normal:
            return checked.normal
    return ""
