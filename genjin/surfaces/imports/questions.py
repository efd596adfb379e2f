"""What a person has to decide before the cells of a table can be read: the order of days, options, people, units and
ranges. What he decides is kept in the rules (`rules.answered`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel import industries
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Date, Named, Tags
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.compiling import prepare
from genjin.surfaces.imports.kinds import Kind, Target
from genjin.surfaces.imports.rules import LEAVE, ME, NEW, REMARKS, Asked, Choosable, Problem, Question, Rule, answered
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.values import choices, dates, naming, numbers, people, places
from genjin.surfaces.imports.values.found import plain

CREATES = "settings.manage"
MOST_VALUES = 200
MOST_PEOPLE = 1_000
LIKELY = 0.6


def questions(actor: Actor, kind: Kind, rules: Sequence[Rule], samples: Samples) -> list[Question]:
    """The questions that the rules leave open, by column; `samples` of the whole file find them all."""
    targets = kind.targets(actor)
    known = [(rule, targets[rule.target]) for rule in rules if rule.target in targets]
    return [
        question
        for rule, target in known
        for question in _of(_Column(actor, kind, rule, target, samples.columns[rule.index]))
    ]


def accepted(rules: Iterable[Rule], asked: Iterable[Question]) -> list[Rule]:
    """The rules with what is proposed for every question taken as the answer; values without a proposal stay open."""
    by_index: dict[int, list[Question]] = {}
    for question in asked:
        by_index.setdefault(question.index, []).append(question)
    found = []
    for rule in rules:
        taken = rule
        for question in by_index.get(rule.index, ()):
            taken = answered(taken, question.asked, question.proposed)
        found.append(taken)
    return found


@dataclass(frozen=True)
class _Column:
    actor: Actor
    kind: Kind
    rule: Rule
    target: Target
    values: Mapping[Cell, int]

    def question(
        self,
        asked: Asked,
        words: str,
        values: Mapping[str, int],
        offered: Iterable[Choosable],
        proposed: Mapping[str, str],
    ) -> Question:
        """A question about this column."""
        return Question(self.rule.index, self.rule.heading, asked, words, dict(values), tuple(offered), dict(proposed))

    def unread(self, values: Iterable[tuple[str, int]]) -> dict[str, int]:
        """The texts that the column's reader has no value for, with their rows; the most frequent first."""
        column = prepare(self.actor, self.kind, [self.rule]).columns[0]
        found: dict[str, int] = {}
        for text, rows in values:
            if isinstance(column.read(text), Problem) and not text.startswith("#"):
                found[text] = found.get(text, 0) + rows
        return dict(sorted(found.items(), key=lambda pair: -pair[1])[:MOST_VALUES])

    @property
    def has_remarks(self) -> bool:
        """Whether texts of this column can be kept in the remarks."""
        parts = (self.kind.by_key.get(self.target.part), self.kind.by_key[self.kind.main])
        return any(part is not None and part.remarks in part.inputs(self.actor) for part in parts)

    def otherwise(self, leave: str) -> Iterator[Choosable]:
        """The answers for what fits nothing."""
        if self.has_remarks:
            yield Choosable(REMARKS, _("不填，原文写入备注"))
        yield Choosable(LEAVE, leave)


def _of(column: _Column) -> Iterator[Question]:
    field = column.target.field
    if isinstance(field, Date):
        yield from _order(column)
    elif isinstance(field, Named):
        yield from _names(column, field)
    elif isinstance(field, Choice) and not isinstance(field, Tags):
        yield from _options(column, field)
    elif field.kind == "industry":
        yield from _industries(column)
    elif field.kind == "person" or column.target.name == "followup.author":
        yield from _people(column)
    elif field.kind in ("number", "percent", "money"):
        yield from _unit(column)
        yield from _span(column)


def _order(column: _Column) -> Iterator[Question]:
    orders, doubtful = dates.possible_orders(column.values)
    if column.rule.date_order or not doubtful or len(orders) == 1:
        return
    example = next(text for text in column.values if isinstance(text, str) and dates.in_doubt(text))
    words = _("「%(heading)s」的日期分不清月和日（如 %(example)s），是哪种顺序？")
    said = _("%(order)s（%(example)s 是 %(day)s）")
    offered = [
        Choosable(order, said % {"order": dates.order_words(order), "example": example, "day": day})
        for order, day in dates.readings(example)
    ]
    facts = {"heading": column.rule.heading, "example": example}
    yield column.question("date_order", words % facts, {"": doubtful}, offered, {"": orders[0]} if orders else {})


def _options(column: _Column, field: Choice) -> Iterator[Question]:
    texts = ((part, rows) for text, rows in _texts(column) for part in _parts(column, text))
    unread = column.unread(texts)
    if not unread:
        return
    known = choices.Options(field, column.actor)
    live = [Choosable(key, field.text(key, column.actor)) for key, o in known.options.items() if not o.retired]
    may_create = choices.may_create(field) and column.actor.may(CREATES)
    created = [Choosable(NEW, _("新增这个选项"))] if may_create else []
    proposed = {text: key for text in unread for key, score in [known.likely(text)] if score >= LIKELY}
    words = _("「%(heading)s」里有 %(count)d 个值不在「%(field)s」的选项里，分别对应什么？")
    facts = {"heading": column.rule.heading, "count": len(unread), "field": column.target.label}
    offered = [*live, *created, *column.otherwise(_("留空"))]
    yield column.question("options", words % facts, unread, offered, proposed)


def _names(column: _Column, field: Named) -> Iterator[Question]:
    """Names that nobody wrote before: each is kept, unless it is meant for another one."""
    known = naming.Names(field, column.actor)
    fresh: dict[str, int] = {}
    for value, rows in column.values.items():
        text = naming.text_of(value) if not isinstance(value, str) or not value.startswith("#") else None
        if text and text not in column.rule.options and known.certain(text) is None:
            fresh[text] = fresh.get(text, 0) + rows
    if len(fresh) + len(known.known) < 2 or not fresh:
        return
    fresh = dict(sorted(fresh.items(), key=lambda pair: -pair[1])[:MOST_VALUES])
    alike: dict[str, str] = {}
    for text in fresh:
        alike.setdefault(naming.bare(text), text)
    proposed = {text: known.likely(text) or alike[naming.bare(text)] for text in fresh}
    words = _("「%(heading)s」里有 %(count)d 个名称以前没有写过；同一个的不同写法请改成一样，其余照原样导入")
    facts = {"heading": column.rule.heading, "count": len(fresh)}
    offered = dict.fromkeys([*known.known[:MOST_VALUES], *fresh])
    choices_ = [Choosable(name, name) for name in offered]
    yield column.question("names", words % facts, fresh, choices_, proposed)


def _industries(column: _Column) -> Iterator[Question]:
    unread = column.unread(_texts(column))
    if not unread:
        return
    likely = {text: places.likely_industries(text) for text in list(unread)[:40]}
    near = dict.fromkeys(code for codes in likely.values() for code in codes)
    codes = [*near, *(one.code for one in industries.children() if one.code not in near)]
    offered = [Choosable(code, industries.full_name(code)) for code in codes]
    proposed = {text: codes[0] for text, codes in likely.items() if len(codes) == 1}
    words = _("「%(heading)s」里有 %(count)d 个行业不认识，分别属于哪个行业？")
    facts = {"heading": column.rule.heading, "count": len(unread)}
    yield column.question("options", words % facts, unread, [*offered, *column.otherwise(_("留空"))], proposed)


def _people(column: _Column) -> Iterator[Question]:
    members = people.Members(column.actor)
    author = column.target.name == "followup.author"
    unread = column.unread(_texts(column)) if not author else _strangers(column, members)
    if not unread:
        return
    active = sorted((p for p in members.people.values() if p.active), key=lambda p: p.pinyin)[:MOST_PEOPLE]
    me = [Choosable(ME, _("我自己"))]
    offered = [*me, *(Choosable(str(p.id), members.label(p.id)) for p in active)]
    leave = _("保留原名，不对应成员") if author else _("不填，按本次导入的负责人")
    proposed = {text: _meant(column, members, text, author=author) for text in unread}
    words = _("「%(heading)s」里有 %(count)d 个人不是现有成员或有同名，分别是谁？")
    facts = {"heading": column.rule.heading, "count": len(unread)}
    last = [Choosable(LEAVE, leave)] if author else list(column.otherwise(leave))
    yield column.question("people", words % facts, unread, [*offered, *last], {t: k for t, k in proposed.items() if k})


def _strangers(column: _Column, members: people.Members) -> dict[str, int]:
    """The authors that are no member: nothing is wrong with them, but somebody may know who they are."""
    found: dict[str, int] = {}
    for text, rows in _texts(column):
        if text not in column.rule.people and len(members.find(text)) != 1:
            found[text] = found.get(text, 0) + rows
    return dict(list(found.items())[:MOST_VALUES])


def _meant(column: _Column, members: people.Members, text: str, *, author: bool) -> str:
    like = members.like(text)
    if len(like) == 1 and not members.find(text):
        return str(like[0])
    if author:
        return LEAVE
    return REMARKS if column.has_remarks and not members.find(text) else ""


def _unit(column: _Column) -> Iterator[Question]:
    if column.rule.number or not numbers.counts_money(column.target.field) or not numbers.mixes_units(column.values):
        return
    offered = [Choosable("yuan", _("元")), Choosable("wan", _("万元")), Choosable("yi", _("亿元"))]
    words = _("「%(heading)s」里有的数带单位，有的没有；没带单位的数，单位是什么？") % {"heading": column.rule.heading}
    yield column.question("unit", words, {"": sum(column.values.values())}, offered, {"": "wan"})


def _span(column: _Column) -> Iterator[Question]:
    ranges = numbers.has_ranges(column.values)
    if column.rule.span or not ranges:
        return
    offered = [
        Choosable("low", _("取较小的数")),
        Choosable("high", _("取较大的数")),
        Choosable("middle", _("取中间的数")),
    ]
    words = _("「%(heading)s」里有范围（如 %(example)s），按哪个数导入？原文会写入备注")
    facts = {"heading": column.rule.heading, "example": ranges[0]}
    rows = sum(column.values[text] for text in ranges)
    yield column.question("span", words % facts, {"": rows}, offered, {"": "low"})


def _texts(column: _Column) -> Iterator[tuple[str, int]]:
    """The distinct texts of a column as answers are kept by them."""
    for value, rows in column.values.items():
        text = choices.text_of(value) if not isinstance(value, str) else plain(value)
        if text:
            yield text, rows


def _parts(column: _Column, text: str) -> list[str]:
    """What is asked about of a cell: each of several options by itself."""
    return choices.parted(text) if column.target.field.kind == "multichoice" else [text]
