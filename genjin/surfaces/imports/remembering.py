"""The mapping of the next file of the same shape: what stood under the same headings before is proposed again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy

from genjin.duplicates.queries import conditions_at
from genjin.duplicates.rules import Condition, Entry, How
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Date
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import in_every_language
from genjin.surfaces.imports.headings import plain
from genjin.surfaces.imports.kinds import Kind
from genjin.surfaces.imports.models import ImportShape
from genjin.surfaces.imports.policy import SHEET, Policy
from genjin.surfaces.imports.rules import Rule, rules_from_json
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.values import dates

REASON = gettext_lazy("未导入原因")
"""The column that is added to rows that were not brought in; it makes no other shape."""


def _aside() -> set[str]:
    return {plain(words) for words in in_every_language(REASON)}


def digest(kind: Kind, headings: Sequence[str]) -> str:
    """What files of one shape share: the kind and the headings, whatever their order, spaces and stars."""
    words = sorted({plain(heading) for heading in headings} - _aside())
    return hashlib.sha256("\n".join([kind.key, *words]).encode()).hexdigest()


def kept(headings: Sequence[str], rules: Sequence[Rule]) -> list[dict[str, object]]:
    """Rules as they are remembered: all columns, also those that are not imported."""
    by_index = {rule.index: rule for rule in rules}
    return [by_index.get(index, Rule(index, heading)).to_json() for index, heading in enumerate(headings)]


def remembered(actor: Actor, kind: Kind, headings: Sequence[str], samples: Samples) -> list[Rule] | None:
    """The rules of the last file of this shape, of the member himself or else of anybody, for the columns of this one;
    None when there was none. Of somebody else's who is who is left out."""
    shape = _shape(actor, kind.key, digest(kind, headings))
    if shape is None:
        return None
    try:
        before = {plain(rule.heading): rule for rule in rules_from_json(shape.rules)}
    except Refused:
        return None  # kept by an older version
    targets = kind.targets(actor)
    found = []
    for index, heading in enumerate(headings):
        if plain(heading) in _aside():
            found.append(Rule(index, heading))
            continue
        rule = before.get(plain(heading))
        if rule is None or (rule.target and rule.target not in targets):
            return None
        rule = replace(rule, index=index, heading=heading, how="remembered" if rule.target else "")
        rule = rule if shape.member_id == actor.member_id else replace(rule, people={})
        found.append(_still_true(rule, isinstance(getattr(targets.get(rule.target), "field", None), Date), samples))
    return found


def remembered_policy(actor: Actor, kind: Kind, headings: Sequence[str]) -> Policy:
    """What was decided about the last file of this shape; of somebody else's file not whose the customers are."""
    shape = _shape(actor, kind.key, digest(kind, headings))
    if shape is None:
        return _by_rules(actor)
    try:
        policy = Policy.from_json(shape.policy)
    except Refused:
        return _by_rules(actor)  # kept by an older version
    return policy if shape.member_id == actor.member_id else replace(policy, assign=SHEET, owner=None, share=())


def _by_rules(actor: Actor) -> Policy:
    """What the company's rules compare when customers are brought in (B3); may be changed for each file."""
    asked = conditions_at("customer", Entry.IMPORT, actor.stamp)
    return Policy(by_phone=any(c.field == "phone" for c in asked), by_likeness=Condition("name", How.FUZZY) in asked)


def _shape(actor: Actor, kind: str, key: str) -> ImportShape | None:
    """The newest of the member, else the newest of the company."""
    shapes = ImportShape.objects.filter(kind=kind, digest=key)  # rows: headings and fields, no records; the company's
    return shapes.filter(member=actor.member_id).first() or shapes.order_by("-used_at").first()


def _still_true(rule: Rule, is_date: bool, samples: Samples) -> Rule:
    """An order that the days of this file cannot have is forgotten."""
    if not is_date or not rule.date_order:
        return rule
    orders, _doubtful = dates.possible_orders(samples.values(rule.index))
    return rule if rule.date_order in orders else replace(rule, date_order=orders[0] if len(orders) == 1 else "")
