"""What a person decided about one column of a table, what he still has to decide, and what is wrong with a cell.

Plain facts that travel as JSON; how they come about is in `proposing` and `questions`, what they do in `compiling`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any, Literal, TypeAlias

from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused

How: TypeAlias = Literal["", "name", "remembered", "content", "chosen", "running", "alone", "files"]
Order: TypeAlias = Literal["", "ymd", "mdy", "dmy"]
Asked: TypeAlias = Literal["date_order", "options", "people", "unit", "span", "names"]

NEW = "+new"
"""Of an option: create it with this label."""
LEAVE = "-leave"
"""Of an option or a person: leave the field empty."""
REMARKS = "-remarks"
"""Of an option or a person: leave the field empty and keep the text in the remarks."""
ME = "-me"
"""Of a person: whoever imports."""

WHOLE_ROW = -1
"""The place of a problem that is no single cell's."""
MOST_MAPPED = 2_000
LONGEST_TEXT = 500
_ALLOWED: dict[str, frozenset[str]] = {
    "how": frozenset({"", "name", "remembered", "content", "chosen", "running", "alone", "files"}),
    "date_order": frozenset({"", "ymd", "mdy", "dmy"}),
    "epoch": frozenset({"1900", "1904"}),
    "number": frozenset({"", "yuan", "qian", "wan", "baiwan", "yi"}),
    "percent": frozenset({"", "fraction", "whole"}),
    "span": frozenset({"", "low", "high", "middle"}),
}


@dataclass(frozen=True)
class Rule:
    """One column: its place (from 0) and heading, the field it brings ("" for none) and how its texts are read.

    `target`: `customer.level`, `owner`, `extra.customer.remarks`; see `kinds`. `date_order`, `number` (what a bare
    number counts), `percent`, `span` (which end of `50-80万`) hold for the whole column; "" lets each cell speak for
    itself. `options` {text: key | NEW | LEAVE | REMARKS, or the name that is meant} and `people` {text: member id as
    text | ME | LEAVE | REMARKS} are answers to questions.
    """

    index: int
    heading: str
    target: str = ""
    how: How = ""
    date_order: Order = ""
    epoch: Literal["1900", "1904"] = "1900"
    number: Literal["", "yuan", "qian", "wan", "baiwan", "yi"] = ""
    percent: Literal["", "fraction", "whole"] = ""
    span: Literal["", "low", "high", "middle"] = ""
    options: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    def with_(self, **changes: Any) -> Rule:
        """A copy with other facts. Raises Refused("bad_rule")."""
        return Rule.from_json({**self.to_json(), **changes})

    def to_json(self) -> dict[str, Any]:
        """All facts; what is not said is left out."""
        facts = {f.name: getattr(self, f.name) for f in fields(self)}
        kept = {key: value for key, value in facts.items() if value not in ("", {}, "1900")}
        return {"index": self.index, "heading": self.heading, **kept}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Rule:
        """A rule from what a program or a page said. Raises Refused("bad_rule")."""
        known = {f.name for f in fields(cls)}
        index, heading = given.get("index"), given.get("heading", "")
        sound = isinstance(index, int) and not isinstance(index, bool) and index >= 0 and isinstance(heading, str)
        if not sound or given.keys() - known:
            raise _bad(str(heading))
        for key, allowed in _ALLOWED.items():
            if key in given and given[key] not in allowed:
                raise _bad(heading)
        if not isinstance(given.get("target", ""), str):
            raise _bad(heading)
        answers = {key: _answers(given.get(key, {}), heading) for key in ("options", "people")}
        return cls(**{**given, **answers})


def rules_from_json(given: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """Rules by their places. Raises Refused("bad_rule"), also when two speak of one column."""
    rules = sorted((Rule.from_json(one) for one in given), key=lambda rule: rule.index)
    for before, after in pairwise(rules):
        if before.index == after.index:
            raise _bad(after.heading)
    return rules


def answered(rule: Rule, asked: Asked, answers: Mapping[str, str]) -> Rule:
    """The rule with answers {value: choice} to one of its questions; the questions about a whole column have the
    value "". Raises Refused("bad_rule")."""
    if asked in ("options", "names"):
        return rule.with_(options={**rule.options, **answers})
    if asked == "people":
        return rule.with_(people={**rule.people, **answers})
    column = {"date_order": "date_order", "unit": "number", "span": "span"}[asked]
    return rule.with_(**{column: answers.get("", "")})


def unlearned(rules: Iterable[Rule]) -> list[Rule]:
    """The rules without how they came about, to be put on another file of the same shape."""
    return [replace(rule, how="remembered") if rule.target else rule for rule in rules]


def _answers(given: Any, heading: str) -> dict[str, str]:
    sound = isinstance(given, Mapping) and len(given) <= MOST_MAPPED
    if not sound or not all(isinstance(k, str) and isinstance(v, str) for k, v in given.items()):
        raise _bad(heading)
    if any(len(text) > LONGEST_TEXT for pair in given.items() for text in pair):
        raise _bad(heading)
    return dict(given)


def _bad(heading: str) -> Refused:
    return Refused("bad_rule", _("列「%s」的匹配设置不对，请重新选择") % heading[:40], "rules")


@dataclass(frozen=True)
class Choosable:
    """An answer that can be chosen: what the rule keeps, and its words. `best`: to be chosen already."""

    key: str
    label: str
    best: bool = False


@dataclass(frozen=True)
class Question:
    """What has to be decided about a column before its cells can be read: for each of `values` (with how many rows
    bear it, as far as was looked) one of `choices`; about the whole column `values` is {"": rows}.

    `proposed` {value: key}: what is likely meant, where something is.
    """

    index: int
    heading: str
    asked: Asked
    words: str
    values: Mapping[str, int]
    choices: tuple[Choosable, ...]
    proposed: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and dicts."""
        return {
            "index": self.index,
            "heading": self.heading,
            "asked": self.asked,
            "words": self.words,
            "values": dict(self.values),
            "choices": [{"key": c.key, "label": c.label, "best": c.best} for c in self.choices],
            "proposed": dict(self.proposed),
        }


class CellProblem(ValueError):
    """A cell cannot be a value of its field: `words` say what is wrong and how to mend it; `suggestion` is a text to
    put in its place, '' when nothing is certain enough."""

    def __init__(self, words: str, suggestion: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Problem:
    """What is said about a cell of a row. With `blocking` the row cannot be imported until it is mended; else it tells
    what was made of the cell (a month became its first day, a second number went to the remarks)."""

    index: int
    words: str
    suggestion: str = ""
    blocking: bool = True
