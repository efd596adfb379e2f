"""What may be said of a field of each kind: its facts, checked and made plain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.codes import BadPattern, parse_pattern
from genjin.kernel.fields.base import Label
from genjin.kernel.fields.own import MOST_DIGITS
from genjin.kernel.fields.own_files import GROUPS, MOST_FILES
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.tailoring.rules.formulas import RESULTS

CHOICES = frozenset({"choice", "multichoice"})
FILLED_ALONE = frozenset({"serial", "formula"})
"""Kinds whose values nobody types."""
NOT_UNIQUE = frozenset({"yesno", "multichoice", "longtext", "file", "formula"})
SEARCHED = frozenset({"text", "longtext", "phone", "email", "url", "serial", "id_card", "bank_card"})
NOT_INDEXED = frozenset({"file"})


def is_searchable(kind: str, facts: Mapping[str, Any]) -> bool:
    """Whether the search box may look into such fields: texts, also those that a formula makes."""
    return kind in SEARCHED or (kind == "formula" and facts.get("result") == "text")


KIND_LABELS: dict[str, Label] = {
    "text": gettext_lazy("单行文字"),
    "longtext": gettext_lazy("多行文字"),
    "number": gettext_lazy("数字"),
    "money": gettext_lazy("金额"),
    "percent": gettext_lazy("百分比"),
    "date": gettext_lazy("日期"),
    "datetime": gettext_lazy("日期时间"),
    "choice": gettext_lazy("单选"),
    "multichoice": gettext_lazy("多选"),
    "yesno": gettext_lazy("是/否"),
    "person": gettext_lazy("成员"),
    "department": gettext_lazy("部门"),
    "record": gettext_lazy("关联记录"),
    "phone": gettext_lazy("电话"),
    "email": gettext_lazy("邮箱"),
    "url": gettext_lazy("网址"),
    "region": gettext_lazy("地区"),
    "industry": gettext_lazy("行业"),
    "id_card": gettext_lazy("身份证号"),
    "bank_card": gettext_lazy("银行卡号"),
    "serial": gettext_lazy("自动编号"),
    "file": gettext_lazy("文件"),
    "formula": gettext_lazy("公式"),
}
"""What each kind is called."""

Check = Callable[[Any], Any]


def checked_facts(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a kind without empty ones. Raises Refused("bad_facts") for one the kind does not know or take."""
    known = FACTS.get(kind, {})
    made: dict[str, Any] = {}
    for name, value in facts.items():
        if name not in known:
            raise _wrong(_("这种字段没有「%s」这项设置") % name[:40])
        if value not in (None, "", []):
            made[name] = known[name](value)
    least, greatest = made.get("least"), made.get("greatest")
    if least is not None and greatest is not None and least > greatest:
        raise _wrong(_("最小值不能大于最大值"))
    if kind == "record" and "to" not in made:
        raise _wrong(_("请选择要关联的记录类型"))
    if kind == "formula":
        made.setdefault("result", "number")
    return made


def _wrong(message: str) -> Refused:
    return Refused("bad_facts", message, "facts")


def _words(most: int) -> Check:
    def check(value: Any) -> str:
        text = " ".join(str(value).replace("\x00", "").split())
        if len(text) > most:
            raise _wrong(_("「%(text)s…」太长，最多 %(most)s 个字") % {"text": text[:10], "most": most})
        return text

    return check


def _whole(least: int, greatest: int) -> Check:
    def check(value: Any) -> int:
        number = _any_number(value)
        if not isinstance(number, int) or not least <= number <= greatest:
            words = _("「%(value)s」应为 %(least)s 到 %(greatest)s 的整数")
            raise _wrong(words % {"value": str(value)[:20], "least": least, "greatest": greatest})
        return number

    return check


def _any_number(value: Any) -> int | float:
    try:
        number = float(str(value).replace(",", "")) if not isinstance(value, int) else value
        whole = int(number)
        if abs(number) >= 10**MOST_DIGITS:
            raise ValueError
    except (ValueError, OverflowError):
        raise _wrong(_("「%s」应填数字") % str(value)[:20]) from None
    return whole if whole == number else number


def _switch(value: Any) -> bool:
    return value in (True, 1, "1", "true", "on")


def _type_of_records(value: Any) -> str:
    if str(value) not in RECORD_TYPES:
        raise _wrong(_("没有「%s」这种记录") % str(value)[:40])
    return str(value)


def _result(value: Any) -> str:
    if str(value) not in RESULTS:
        raise _wrong(_("公式的结果不能是「%s」") % str(value)[:20])
    return str(value)


def _formula(value: Any) -> str:
    return str(value).replace("\x00", "").replace("\r\n", "\n").strip()


def _groups(value: Any) -> str:
    """Groups of files, as a list or with commas."""
    given = value if isinstance(value, list | tuple) else str(value).replace("、", ",").split(",")
    names = {str(label): key for key, label in GROUPS.items()}
    keys = [names.get(str(one).strip(), str(one).strip()) for one in given if str(one).strip()]
    unknown = next((key for key in keys if key not in GROUPS), None)
    if unknown is not None:
        raise _wrong(_("没有「%s」这种文件") % unknown[:20])
    return ",".join(key for key in GROUPS if key in keys)


def _pattern(value: Any) -> str:
    try:
        parse_pattern(str(value))
    except BadPattern as bad:
        raise _wrong(str(bad)) from None
    return str(value)


_NUMBER: dict[str, Check] = {
    "unit": _words(10), "places": _whole(0, 6), "least": _any_number, "greatest": _any_number, "zero": _words(20)
}  # fmt: skip
FACTS: dict[str, dict[str, Check]] = {
    "text": {"most": _whole(1, 500)},
    "longtext": {"most": _whole(1, 20_000)},
    "number": _NUMBER,
    "money": {name: check for name, check in _NUMBER.items() if name != "places"},
    "percent": {"places": _whole(0, 4), "least": _any_number, "greatest": _any_number},
    "date": {"due": _switch},
    "datetime": {"due": _switch},
    "multichoice": {"most": _whole(1, 100)},
    "record": {"to": _type_of_records},
    "serial": {"pattern": _pattern},
    "file": {"most": _whole(1, MOST_FILES), "allowed": _groups},
    "formula": {"formula": _formula, "result": _result, "places": _whole(0, 6), "unit": _words(10)},
}
"""{kind: {fact: how it is checked}}."""
