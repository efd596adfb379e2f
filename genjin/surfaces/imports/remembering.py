"""The mapping of the next file of the same shape: what stood under the same headings before is proposed again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Date
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import in_every_language
from genjin.ownership.standing import pools_to_create_in
from genjin.surfaces.imports.headings import plain
from genjin.surfaces.imports.kinds import Kind
from genjin.surfaces.imports.models import Decision, ImportShape
from genjin.surfaces.imports.policy import SHEET, Policy
from genjin.surfaces.imports.rules import MOST_MAPPED, Rule, rules_from_json
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.values import dates

SHAPES_LOOKED_AT = 20
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


def known_answers(actor: Actor, kind: Kind, rules: Sequence[Rule]) -> list[Rule]:
    """The rules with what was answered about the same fields in the last files of other shapes: what a name is meant
    for by anybody, who is who by the member himself."""
    names = {rule.target for rule in rules if rule.target}
    options: dict[str, dict[str, str]] = {name: {} for name in names}
    people: dict[str, dict[str, str]] = {name: {} for name in names}
    shapes = ImportShape.objects.filter(kind=kind.key)  # rows: headings and answers, no records; the company's
    for shape in shapes.order_by("-used_at")[:SHAPES_LOOKED_AT]:
        try:
            before = rules_from_json(shape.rules)
        except Refused:
            continue  # kept by an older version
        for rule in before:
            if rule.target in names:
                options[rule.target] = {**rule.options, **options[rule.target]}
                own = rule.people if shape.member_id == actor.member_id else {}
                people[rule.target] = {**own, **people[rule.target]}
    return [
        replace(rule, options=_few(options[rule.target]), people=_few(people[rule.target])) if rule.target else rule
        for rule in rules
    ]


def _few(answers: dict[str, str]) -> dict[str, str]:
    return dict(list(answers.items())[:MOST_MAPPED])


def remembered_policy(actor: Actor, kind: Kind, headings: Sequence[str]) -> Policy:
    """What was decided about the last file of this shape; of somebody else's file not whose the customers are."""
    shape = _shape(actor, kind.key, digest(kind, headings))
    if shape is None:
        return Policy()
    try:
        policy = Policy.from_json(shape.policy)
    except Refused:
        return Policy()  # kept by an older version
    policy = replace(
        policy, reason="", otherwise=_unless_created(policy.otherwise), duplicates=_kept(policy.duplicates)
    )
    if shape.member_id != actor.member_id:
        return replace(policy, assign=SHEET, owner=None, share=(), pool=None)
    stands = policy.pool in {pool.pk for pool in pools_to_create_in(actor, kind.anchor_type)}
    return policy if stands or not policy.into else replace(policy, assign=SHEET, pool=None)


def _kept(duplicates: Mapping[str, str]) -> dict[str, str]:
    """Without what was created in spite of being there: that wants its reason each time."""
    return {why: decision for why, decision in duplicates.items() if decision != Decision.CREATE}


def _unless_created(decision: str) -> str:
    return decision if decision != Decision.CREATE else Decision.SKIP


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
