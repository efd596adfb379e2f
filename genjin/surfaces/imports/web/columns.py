"""What the page of columns draws: each column with sample values and its field, what has to be decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.search_text import matches, parse_query, search_key
from genjin.surfaces.imports.kinds import Kind, Target
from genjin.surfaces.imports.questions import questions
from genjin.surfaces.imports.rules import Question, Rule
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.web.masked import shown

LEFT_OUT = frozenset({"running", "alone", "files"})
MOST_SAMPLES = 3
MOST_ANSWERS = 200
MOST_OFFERED = 100
_ICONS = {
    "name": "circle-check",
    "content": "sparkles",
    "remembered": "history",
    "chosen": "square-check",
    "twice": "stack-2",
    "running": "circle-dashed",
    "alone": "circle-dashed",
    "files": "circle-dashed",
    "": "circle-dashed",
}


@dataclass(frozen=True)
class ColumnView:
    """A column as a line of the table; `icon`, `css` and `words` tell how its field was found."""

    index: int
    heading: str
    samples: list[str]
    target: str
    text: str
    icon: str
    css: str
    words: str


@dataclass(frozen=True)
class Answer:
    """One value that has to be decided, with what is chosen for it."""

    text: str
    count: int
    chosen: str


@dataclass(frozen=True)
class QuestionView:
    """A question as a card: about the whole column (`chosen`), or about each of `answers`. `free`: the answers are
    words, `choices` only help to write them; `settled`: all was decided about an earlier file."""

    index: int
    kind: str
    name: str
    title: str
    text: str
    becomes: str
    choices: list[tuple[str, str]]
    chosen: str
    answers: list[Answer]
    more: int
    free: bool
    settled: bool


def column_views(actor: Actor, kind: Kind, rules: Sequence[Rule], samples: Samples) -> list[ColumnView]:
    """The lines of the table, in the sheet's order."""
    targets = kind.targets(actor)
    several = _several(rules)
    return [_column(rule, targets.get(rule.target), samples, rule.target in several) for rule in rules]


def _several(rules: Sequence[Rule]) -> set[str]:
    """Targets that more than one column brings: fine for extra texts, phones and names, told for the others."""
    named = sorted(rule.target for rule in rules if rule.target)
    return {target for target, group in groupby(named) if len(list(group)) > 1}


def _column(rule: Rule, target: Target | None, samples: Samples, twice: bool) -> ColumnView:
    field = target.field if target else None
    values = [shown(value, field) for value in samples.values(rule.index, MOST_SAMPLES)]
    how = "" if target is None else "twice" if twice else rule.how or "name"
    how = rule.how if target is None and rule.how in LEFT_OUT else how
    text = f"{target.group} · {target.label}" if target else ""
    css = "ok-t" if target else "dim"
    name = rule.target if target else ""
    return ColumnView(rule.index, rule.heading, values, name, text, _ICONS[how], css, how_words(how))


def missing_target(actor: Actor, kind: Kind, rules: Sequence[Rule]) -> str:
    """The label of what no column brings though every row needs it; '' when all is there."""
    brought = {rule.target for rule in rules}
    known = {"customer.name", "customer.external_code", "customer.code"}
    targets, main = kind.targets(actor), kind.anchor.key
    if main == "customer" and kind.key != "contacts" and not brought & known:
        return targets["customer.name"].label
    needed = (t for t in targets.values() if t.required and t.part != "customer" and t.name not in brought)
    return next((t.label for t in needed if not any(b.startswith(f"piece.{t.part}.") for b in brought)), "")


def how_words(how: str) -> str:
    """By what a column was matched."""
    words = {
        "name": _("按列名自动匹配"),
        "content": _("按内容自动匹配"),
        "remembered": _("沿用上次的匹配"),
        "chosen": _("您选定的"),
        "twice": _("几列合到一个字段"),
        "running": _("只是行的序号，不导入"),
        "alone": _("这个字段由系统填写，不导入"),
        "files": _("文件要在记录里上传，不导入"),
    }
    return words.get(how, _("不导入"))


def offered_targets(actor: Actor, kind: Kind, text: str) -> list[tuple[str, list[Target]]]:
    """The targets that fit the text, by group, for the drop-down; found by words, pinyin and initials."""
    query = parse_query(text[:60]) if text.strip() else None
    if text.strip() and query is None:
        return []
    fitting = [
        t for t in kind.targets(actor).values() if query is None or matches(query, search_key([f"{t.group} {t.label}"]))
    ][:MOST_OFFERED]
    return [(group, list(of_it)) for group, of_it in groupby(fitting, key=lambda target: target.group)]


def question_views(actor: Actor, kind: Kind, rules: Sequence[Rule], samples: Samples) -> list[QuestionView]:
    """All that is or was to be decided, with what is chosen now; decided things stay to be changed."""
    bare = [replace(rule, options={}, people={}, date_order="", number="", span="") for rule in rules]
    given = {rule.index: rule for rule in rules}
    return [_question(asked, given[asked.index]) for asked in questions(actor, kind, bare, samples)]


def _question(asked: Question, rule: Rule) -> QuestionView:
    whole = asked.asked in ("date_order", "unit", "span")
    best = next((choice.key for choice in asked.choices if choice.best), "")
    kept = _kept(rule, asked.asked)
    settled = rule.how == "remembered" and set(asked.values) <= set(kept)
    answers = (
        []
        if whole
        else [Answer(text, n, kept.get(text, asked.proposed.get(text, best))) for text, n in asked.values.items()]
    )
    return QuestionView(
        index=asked.index,
        kind=asked.asked,
        name=f"answer-{asked.index}-{asked.asked}",
        title=_("「%(heading)s」") % {"heading": asked.heading or _("（没有列名）")},
        text=asked.words,
        becomes=_("对应的成员") if asked.asked == "people" else _("导入为"),
        choices=[(choice.key, choice.label) for choice in asked.choices],
        chosen=kept.get("", asked.proposed.get("", best)),
        answers=answers[:MOST_ANSWERS],
        more=max(0, len(answers) - MOST_ANSWERS),
        free=asked.asked == "names",
        settled=settled,
    )


def _kept(rule: Rule, asked: str) -> Mapping[str, str]:
    """What the rule says to a question already."""
    if asked in ("options", "names"):
        return rule.options
    if asked == "people":
        return rule.people
    said = {"date_order": rule.date_order, "unit": rule.number, "span": rule.span}[asked]
    return {"": said} if said else {}
