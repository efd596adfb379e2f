"""A formula as an administrator writes it: names of fields or their keys in braces; checked, and kept with keys, so
that renaming a field changes no formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import formulas
from genjin.kernel.fields.base import Field, Label
from genjin.kernel.fields.worked_out import FORMULAS, WorkedOut, all_reads
from genjin.kernel.formulas import FormulaError, Kind, Node, Read
from genjin.kernel.formulas.functions import KIND_WORDS
from genjin.kernel.formulas.tree import parts_of
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import in_every_language
from genjin.kernel.working_out import kinds_of, readable

RESULTS: dict[str, Label] = {
    "number": gettext_lazy("数字"),
    "money": gettext_lazy("金额"),
    "percent": gettext_lazy("百分比"),
    "text": gettext_lazy("文字"),
    "date": gettext_lazy("日期"),
    "yesno": gettext_lazy("是/否"),
}
"""What a formula field can hold."""


class BadFormula(Refused):
    """A formula that is refused; `facts` tell the place of what is wrong in its text."""

    def __init__(self, text: str, error: FormulaError) -> None:
        self.at, self.length = min(error.at, len(text)), error.length
        piece = text[self.at : self.at + self.length].strip()[:30]
        words = _("公式第 %(place)s 个字「%(piece)s」：%(why)s") if piece else _("公式：%(why)s")
        told = words % {"place": self.at + 1, "piece": piece, "why": error.message}
        super().__init__("bad_formula", told, "facts", facts={"at": self.at, "length": self.length})


def checked_formula(facts: Mapping[str, Any], whole: RecordType, own_key: str = "") -> dict[str, Any]:
    """The facts with the formula as it is kept. Raises BadFormula with the place of what is wrong."""
    text = str(facts.get("formula") or "")
    try:
        kept = _checked(text, str(facts.get("result") or "number"), whole, own_key)
    except FormulaError as error:
        raise BadFormula(text, error) from None
    return {**facts, "formula": kept}


def as_written(formula: str, whole: RecordType) -> str:
    """A kept formula with the names of the fields, where a name means one field only."""
    fields = readable(whole)
    names = _names(fields)
    return formulas.renamed(formula, {key: str(f.label) for key, f in fields.items() if names.get(str(f.label)) == key})


def offered(whole: RecordType, own_key: str = "") -> list[tuple[str, str]]:
    """[(what is written in braces, kind in words)] of the fields that a formula may read."""
    fields = readable(whole)
    names, kinds = _names(fields), kinds_of(fields)
    return [
        (str(f.label) if names.get(str(f.label)) == key else key, str(KIND_WORDS[kinds[key]]))
        for key, f in fields.items()
        if key != own_key
    ]


def _names(fields: Mapping[str, Field]) -> dict[str, str]:
    """{label in any language: key}, without labels that several fields share."""
    found: dict[str, set[str]] = {}
    for key, f in fields.items():
        for label in in_every_language(f.label):
            found.setdefault(label.strip(), set()).add(key)
    return {label: next(iter(keys)) for label, keys in found.items() if len(keys) == 1}


def _checked(text: str, result: str, whole: RecordType, own_key: str) -> str:
    tree = formulas.parse(text)
    fields = readable(whole)
    kinds = kinds_of(fields)
    names = _names(fields)
    known = {label: kinds[key] for label, key in names.items()} | kinds
    _check_reads(tree, known, whole)
    given = formulas.kind_of(tree, known)
    wanted = FORMULAS[result].gives
    if given is not wanted:
        words = _("公式的结果是%(given)s，不能放进%(wanted)s字段，请改公式或换一种结果类型")
        raise FormulaError(words % {"given": KIND_WORDS[given], "wanted": RESULTS[result]}, 0, len(text))
    keys = {name: key for name, key in names.items() if name not in kinds}
    kept = formulas.renamed(text, keys)
    if own_key:
        _check_circle(tree, kept, keys, whole, own_key)
    return kept


def _check_reads(tree: Node, known: Mapping[str, Kind], whole: RecordType) -> None:
    """A field that is there but cannot be read is told from one that is not."""
    unread = {label: f for f in whole.fields for label in (f.key, *in_every_language(f.label))}
    for part in parts_of(tree):
        if isinstance(part, Read) and part.name not in known and part.name in unread:
            words = _(
                "「%s」不能用在公式里：公式只能读数字、金额、百分比、日期、文字、选项和是/否，不能读电话、证件号等个人信息"
            )
            raise FormulaError(words % part.name, part.at, part.length)


def _check_circle(tree: Node, kept: str, keys: Mapping[str, str], whole: RecordType, own_key: str) -> None:
    others = [f for f in whole.fields if isinstance(f, WorkedOut) and f.key != own_key]
    mine = FORMULAS["number"](key=own_key, label="", formula=kept)
    closures = all_reads([*others, mine])
    if own_key not in closures[own_key]:
        return
    labels = {f.key: str(f.label) for f in whole.fields}
    for part in parts_of(tree):
        if isinstance(part, Read):
            read = keys.get(part.name, part.name)
            if read == own_key:
                _refuse(_("公式不能读它自己"), part)
            if own_key in closures.get(read, ()):
                _refuse(_("公式绕成了圈：「%s」也要用到这个字段") % labels.get(read, read), part)


def _refuse(message: str, part: Node) -> NoReturn:
    raise FormulaError(message, part.at, part.length)
