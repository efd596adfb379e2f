"""Which column of a table is which field: by its heading, by its values, by the columns beside it (S0-32).

Every column gets a score for every target its heading may mean or its values may be; the best pairs win, each field
once. The same files are matched the same way: nothing is random, and nothing here is learned (see `remembering`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Date
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.wording import in_every_language
from genjin.surfaces.imports import evidence
from genjin.surfaces.imports.headings import WORDS, plain
from genjin.surfaces.imports.kinds import EXTRA, OWNER, PIECE, Kind, Target
from genjin.surfaces.imports.remembering import known_answers, remembered
from genjin.surfaces.imports.rules import Rule
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.values import dates, numbers

LEAST = 0.5
LABEL, WORD, ENDS, BEGINS = 1.05, 1.0, 0.68, 0.6
CLOSE = 0.06  # headings nearly as good leave the choice to the values
_SAY_LITTLE = (
    "日期", "时间", "内容", "方式", "类型", "状态", "结果", "角色", "名", "姓", "市", "区", "县", "省",
    "方案", "其他", "阶段", "ID",
)  # fmt: skip
_WEAK = frozenset(map(plain, _SAY_LITTLE))
_COUNTED = frozenset({"number", "percent", "money"})
_TALKED = ("跟进", "沟通", "拜访", "回访", "联系记录")
_OWN_PERSON = frozenset({"name", "phone", "email", "wechat", "remarks", "telephone"})


@dataclass(frozen=True, order=True)
class _Pair:
    score: float
    place: int  # the earlier target of equals
    index: int = field(compare=False)
    target: str = field(compare=False)
    how: str = field(compare=False)


def propose(actor: Actor, kind: Kind, headings: Sequence[str], samples: Samples) -> list[Rule]:
    """A rule for every column in order, as the last file of this shape had them, else by headings and values. A field
    is brought by one column at most."""
    known = remembered(actor, kind, headings, samples)
    return known or known_answers(actor, kind, _found(actor, kind, headings, samples))


def _found(actor: Actor, kind: Kind, headings: Sequence[str], samples: Samples) -> list[Rule]:
    matching = _Matching(actor, kind, [plain(heading) for heading in headings], samples)
    chosen = _assigned(matching.by_name())
    chosen |= _assigned(matching.by_content(chosen), chosen)
    targets = kind.targets(actor)
    running = {index: ("", "running") for index in range(len(headings)) if matching.evidence.counts_rows(index)}
    left_out = _left_out(actor, kind, matching.headings)
    return [
        _with_facts(Rule(index, heading, *(running | chosen | left_out).get(index, ("", ""))), targets, samples)  # type: ignore[arg-type]
        for index, heading in enumerate(headings)
    ]


def _left_out(actor: Actor, kind: Kind, headings: Sequence[str]) -> dict[int, tuple[str, str]]:
    """Columns that are called like a field of the company's own which no column brings: files, and what is filled in
    by itself (serial numbers, formulas)."""
    known: dict[str, str] = {}
    for part in kind.parts:
        declared = part.action.record_type
        for f in declared.seen_by(actor).fields if declared else ():
            if f.own and (f.kind == "files" or not f.editable):
                how = "files" if f.kind == "files" else "alone"
                known |= {plain(label): how for label in in_every_language(f.label)}
    return {index: ("", known[heading]) for index, heading in enumerate(headings) if heading in known}


def with_facts(actor: Actor, kind: Kind, rule: Rule, samples: Samples) -> Rule:
    """The rule with what heading and values of its column tell: the order of days, the unit, the scale of percents.
    For a column whose target was chosen by hand."""
    return _with_facts(rule, kind.targets(actor), samples)


def wants_facts(actor: Actor, kind: Kind, rule: Rule) -> bool:
    """Whether values could still tell how a column is to be read."""
    target = kind.targets(actor).get(rule.target)
    if target is None:
        return False
    if isinstance(target.field, Date):
        return not rule.date_order
    return target.field.kind in _COUNTED and not (rule.percent or rule.number)


def _with_facts(rule: Rule, targets: Mapping[str, Target], samples: Samples) -> Rule:
    target = targets.get(rule.target)
    if target is None:
        return rule
    values = samples.values(rule.index)
    facts: dict[str, str] = {}
    if isinstance(target.field, Date) and not rule.date_order:
        orders, _doubtful = dates.possible_orders(values)
        facts = {"date_order": orders[0]} if len(orders) == 1 else {}
    elif target.field.kind in _COUNTED:
        facts = {k: v for k, v in numbers.rule_facts(rule, target.field, values).items() if not getattr(rule, k)}
    return rule.with_(**facts) if facts else rule


def _assigned(
    pairs: Iterator[_Pair], before: Mapping[int, tuple[str, str]] | None = None
) -> dict[int, tuple[str, str]]:
    """The best pairs first, every column and every field once; remarks may be brought by many."""
    chosen: dict[int, tuple[str, str]] = {}
    taken = {target for target, _how in (before or {}).values()}
    for pair in sorted(pairs, reverse=True):
        if pair.index in chosen or pair.target in taken or pair.index in (before or {}):
            continue
        chosen[pair.index] = (pair.target, pair.how)
        if not pair.target.startswith(EXTRA):
            taken.add(pair.target)
    return chosen


@dataclass
class _Matching:
    actor: Actor
    kind: Kind
    headings: list[str]
    samples: Samples

    def __post_init__(self) -> None:
        self.targets = self._wanted()
        self.evidence = evidence.Evidence(self.actor, self.samples)
        self.places = {name: -place for place, name in enumerate(self.targets)}
        self.words = {name: _words(target) for name, target in self.targets.items()}
        self.talks = self._names("followup.occurred_at") - _WEAK
        self.anchored = self.kind.main == "followup" or any(h in self.talks for h in self.headings)
        self.contact_at = self._contact_column()

    def by_name(self) -> Iterator[_Pair]:
        """The targets that a heading may mean, with what the values say to it."""
        for index, heading in enumerate(self.headings):
            named = {t: score for t in self.targets if (score := self._named(heading, t)) and self._fits(t, heading)}
            scored = {t: score + self._beside(index, t) for t, score in named.items()}
            best = max(scored.values(), default=0)
            for name, score in scored.items():
                total = score + self.evidence.of(index, self.targets[name])
                rivals = [t for t, s in scored.items() if t != name and best - s < CLOSE]
                if total >= LEAST:
                    how = "content" if rivals and best - score < CLOSE and self.evidence.tells(name) else "name"
                    yield _Pair(total, self.places[name], index, name, how)

    def by_content(self, chosen: Mapping[int, tuple[str, str]]) -> Iterator[_Pair]:
        """The fields that nearly all values of a column without a known heading surely are."""
        taken = {target for target, _how in chosen.values()}
        for index in range(len(self.headings)):
            if index in chosen or self.evidence.counts_rows(index):
                continue
            ticked = self.evidence.is_ticked(index)
            for name, target in self.targets.items():
                free = name not in taken and not name.startswith((EXTRA, PIECE))
                if ticked and target.field.kind != "yesno":
                    continue
                if free and self._fits(name, "") and (sure := self.evidence.sure(index, target)):
                    yield _Pair(sure + self._beside(index, name), self.places[name], index, name, "content")

    def _wanted(self) -> dict[str, Target]:
        """The targets in question: of a list that we exported ourselves only the record's own."""
        targets = self.kind.targets(self.actor)
        if not self._our_own():
            return targets
        kept = {self.kind.main, OWNER}
        finders = {"customer.name", "customer.code"}
        return {
            n: t for n, t in targets.items() if (t.part in kept or n in finders) and not n.startswith((EXTRA, PIECE))
        }

    def _our_own(self) -> bool:
        fields = RECORD_TYPES[self.kind.main].fields
        labels = {plain(label) for f in fields for label in in_every_language(f.label)}
        codes = {plain(label) for f in fields if f.key == "code" for label in in_every_language(f.label)}
        return len(self.headings) > 2 and bool(codes & set(self.headings)) and set(self.headings) <= labels

    def _contact_column(self) -> int | None:
        """Where the contact's name stands, when customers have a column of their own for theirs."""
        if self.kind.main == "contact" or "contact" not in self.kind.by_key:
            return None
        company = self._names("customer.name") - {plain("客户")} - self._names("contact.name")
        has_company = any(heading in company for heading in self.headings)
        person = self._names("contact.name")
        only = person if has_company else person - {plain("姓名"), plain("客户姓名"), plain("name"), plain("名字")}
        return next((index for index, heading in enumerate(self.headings) if heading in only), None)

    def _names(self, target: str) -> set[str]:
        return set(WORDS.get(target, ()))

    def _named(self, heading: str, name: str) -> float:
        labels, words = self.words[name]
        if name == "customer.name" and self.kind.main == "customer" and self.contact_at is None:
            words = words | {plain("姓名"), plain("客户姓名"), plain("名称"), plain("name"), plain("名字")}
        if heading in labels:
            return LABEL if heading not in _WEAK else WORD - 0.1
        if heading in words:
            return WORD if heading not in _WEAK else 0.75
        return max((_partly(heading, word) for word in labels | words if word not in _WEAK), default=0)

    def _fits(self, name: str, heading: str) -> bool:
        """Talks are only brought by a table that says when they were, or says plainly that they were talks."""
        if not name.startswith(("followup.", "piece.followup")) or self.kind.main == "followup":
            return True
        return self.anchored or any(word in heading for word in _TALKED)

    def _beside(self, index: int, name: str) -> float:
        """What the other columns tell: phones behind a contact's name are his, a salesperson of talks wrote them."""
        part, _dot, key = name.partition(".")
        if self.kind.main == "customer" and part == "contact" and key in _OWN_PERSON:
            if self.contact_at is None:
                return -0.5 if key in ("phone", "email", "remarks", "telephone", "name") else -0.1
            return 0.08 if key not in ("remarks", "name") and index > self.contact_at else -0.08
        if name == "followup.contact" and self.kind.main == "customer":
            return -0.5  # a contact of the customer first of all
        if name == "followup.author":
            return 0.08 if self.anchored else -0.5
        if self.kind.main in ("contact", "plan", "followup") and part == "customer" and key == "phone":
            return -0.3
        return 0.0


def _words(target: Target) -> tuple[set[str], set[str]]:
    labels = {plain(label) for label in in_every_language(target.field.label)}
    return labels, set(WORDS.get(target.name, ()))


def _partly(heading: str, word: str) -> float:
    """`主要联系人电话` ends with 联系人电话; a longer match is a better one."""
    if len(word) < 2 or len(word) >= len(heading) or (word.isascii() and len(word) < 4):
        return 0
    base = ENDS if heading.endswith(word) else BEGINS if heading.startswith(word) else 0
    return base + 0.2 * (len(word) / len(heading) - 0.5) if base else 0
