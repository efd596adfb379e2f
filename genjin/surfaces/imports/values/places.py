"""Regions and industries: by name, short name, path or code."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from genjin.kernel import industries, regions
from genjin.kernel.fields.links import Industry
from genjin.kernel.tables import Cell
from genjin.kernel.wording import listed
from genjin.surfaces.imports.rules import LEAVE, NEW, REMARKS, CellProblem
from genjin.surfaces.imports.values.found import (
    Asked,
    Found,
    Reader,
    digits_of,
    is_nothing,
    plain,
    refuse_broken,
    shortened,
    written,
)

_STEPS = re.compile(r"\s*(?:/|\\|>|->|→|-|–|—|\||、|,)\s*")
_ABROAD = frozenset({"国外", "海外", "境外", "其他", "其它", "全国"})
_CODE = re.compile(r"\d{2}(?:\d{2}){0,2}")
MOST_NAMED = 4
FEWEST_OF_STREET = 3


def reader(asked: Asked) -> Reader:
    """Reads the code of a region or an industry."""
    known, problem = (_industry, _no_industry) if isinstance(asked.field, Industry) else (region_of, _no_region)

    def read(cell: Cell) -> object:
        if cell is None:
            return None
        text = plain(digits_of(cell) if isinstance(cell, float) else written(cell))
        refuse_broken(text)
        if is_nothing(text):
            return None
        answer = asked.rule.options.get(text)
        if answer is not None:
            return _answered(answer, text, known)
        code = known(text)
        if code is None:
            raise problem(text)
        return _kept_whole(asked, text, code)

    return read


def _kept_whole(asked: Asked, text: str, code: str) -> object:
    """The code; a street behind the region goes to the address, what no industry says to the remarks."""
    if isinstance(asked.field, Industry):
        left = _left_of_industry(text)
        hint = _("“%(text)s”按 %(known)s 导入") % {"text": shortened(text), "known": industries.full_name(code)}
        return Found(code, rest=(text,), hint=hint) if left else code
    if len(left_of_region(text, code)) < FEWEST_OF_STREET:
        return code
    if "address" in asked.at_hand:
        return Found(code, others={"address": text}, hint=_("地区之外的部分填入详细地址"))
    return Found(code, rest=(text,), hint=_("地区之外的部分写入备注"))


def left_of_region(text: str, code: str) -> str:
    """What a text says besides the region: street and number."""
    left = text.removeprefix("中国")
    for step in regions.path(code):
        for name in (step.name, step.short):
            left = left.replace(name, "", 1)
    for word in ("特别行政区", "自治区", "市辖区", "省", "市", "区", "县", code):
        left = left.replace(word, "")
    return re.sub(r"[\W_]+", "", left)


def _left_of_industry(text: str) -> bool:
    """Whether the last step of a path says more than the industry found."""
    steps = [step for step in _STEPS.split(text) if step]
    return len(steps) > 1 and industries.parse_industry(text) is None and industries.parse_industry(steps[-1]) is None


def region_of(text: str) -> str | None:
    """The code of the region that a text surely names."""
    if _CODE.fullmatch(text):
        found = regions.region(text)
        return found.code if found else None
    said = text.removeprefix("中国").strip(" -/,")
    found = regions.parse_region(_STEPS.sub("", said).replace(" ", ""))
    return found.code if found else None


def likely_regions(text: str) -> list[str]:
    """The codes of regions that a text may mean."""
    last = [step for step in _STEPS.split(text.replace(" ", "/")) if step]
    return [one.code for one in regions.search_regions(last[-1] if last else text, MOST_NAMED + 1)]


def _industry(text: str) -> str | None:
    """The industry; of a path the last step that is one."""
    found = industries.parse_industry(text)
    for step in reversed([step for step in _STEPS.split(text) if step] if found is None else []):
        found = found or industries.parse_industry(step)
    return found.code if found else None


def likely_industries(text: str) -> list[str]:
    """The codes of industries that a text may mean."""
    said = re.sub(r"(?:行业|产业|业|类|公司|企业)$", "", text) or text
    found = industries.search_industries(text, MOST_NAMED) or industries.search_industries(said, MOST_NAMED)
    return [one.code for one in found]


def _no_region(text: str) -> CellProblem:
    names = [regions.full_name(code) for code in likely_regions(text)]
    if len(names) == 1:
        words = _("不认识地区“%(text)s”，请写省、市、区的名称")
        return CellProblem(words % {"text": shortened(text)}, names[0])
    if names and text not in _ABROAD:
        words = _("地区“%(text)s”不明确，可能是：%(names)s；请写全省、市、区")
        return CellProblem(words % {"text": shortened(text), "names": listed(names[:MOST_NAMED])})
    words = _("不认识地区“%(text)s”，请写省、市、区的名称，如 江苏省 苏州市；写不清的可改列为「写入备注」")
    return CellProblem(words % {"text": shortened(text)})


def _no_industry(text: str) -> CellProblem:
    names = [one.name for code in likely_industries(text) if (one := industries.industry(code))]
    if not names:
        words = _("不认识行业“%(text)s”，请写国民经济行业分类的名称或代码，或在「匹配列」里为它选择行业")
        return CellProblem(words % {"text": shortened(text)})
    words = _("不认识行业“%(text)s”，是不是：%(names)s")
    facts = {"text": shortened(text), "names": listed(names[:MOST_NAMED])}
    return CellProblem(words % facts, names[0] if len(names) == 1 else "")


def _answered(answer: str, text: str, known: Callable[[str], str | None]) -> object:
    if answer == REMARKS:
        return Found(None, rest=(text,))
    if answer in (LEAVE, NEW):
        return None
    code = known(answer)
    if code is None:
        raise CellProblem(_("为“%(text)s”选择的值已经不在了，请在「匹配列」里重新选择") % {"text": text})
    return code
