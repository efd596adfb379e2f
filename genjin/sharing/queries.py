"""Reads of sharing: the rules in force, in memory; what they give an actor; the rules as settings show them.

Whoever receives nothing pays nothing: no query, no condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BooleanField, Case, Q, Value, When
from django.utils import timezone

from genjin.kernel.actor import Actor, system
from genjin.kernel.doors import OWN, WRITE, Part, To, register_parts
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType, type_of
from genjin.kernel.refusal import NotFound
from genjin.kernel.stamps import Stamped, current_stamp
from genjin.org.queries import organisation
from genjin.org.queries.audit import register_titles
from genjin.org.snapshot import Organisation
from genjin.sharing.grants import MANAGE
from genjin.sharing.known import Known, known_of
from genjin.sharing.models import SharingRule
from genjin.sharing.rules import SharingState

MOST_SHOWN = 200


@dataclass
class Standing:
    """The rules that are switched on, and what was worked out from them: {(member, type, to write, day): parts}."""

    rules: list[Known] = field(default_factory=list)
    parts: dict[tuple[int, str, bool, date], tuple[Part, ...]] = field(default_factory=dict)


def _load() -> Standing:
    reader = replace(system(), stamp=current_stamp())
    rows = SharingRule.objects.filter(state=SharingState.ON).order_by("id")
    return Standing([known_of(reader, row) for row in rows])


STANDING: Stamped[Standing] = Stamped(_load)


def company_day() -> date:
    """Today where the company is: a rule's last day ends there, for everybody at once."""
    return timezone.now().astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).date()


def shared_parts(actor: Actor, record_type: RecordType, right: To) -> Sequence[Part]:
    """What the rules of today give this actor of a type. In memory."""
    if actor.member_id is None or right is OWN:
        return ()
    standing = STANDING.at(actor.stamp)
    if not standing.rules:
        return ()
    key = (actor.member_id, record_type.key, right is WRITE, company_day())
    found = standing.parts.get(key)
    if found is None:
        org = organisation(actor)
        given = [rule for rule in giving(standing.rules, *key[1:]) if rule.receives(org, actor.member_id)]
        found = standing.parts[key] = _merged(org, given)
    return found


def giving(rules: Iterable[Known], record_type: str, writes: bool, day: date) -> list[Known]:
    """Those that give records of a type on a day, to be seen or to be edited too."""
    return [
        rule for rule in rules if rule.record_type == record_type and rule.gives(day) and (rule.writes or not writes)
    ]


def _merged(org: Organisation, rules: Sequence[Known]) -> tuple[Part, ...]:
    """The rules' parts: those without conditions as one, and of the others those that say more."""
    whole = frozenset(d for rule in rules if not rule.conditions for d in rule.shared(org))
    parts = [Part(whole)] if whole else []
    for rule in rules:
        part = rule.part(org)
        if rule.conditions and not part.departments <= whole and part not in parts:
            parts.append(part)
    return tuple(part for part in parts if part.departments)


def row_above(record: Record) -> Record | None:
    """What a record belongs to, whoever may see that (for telling who sees them)."""
    for link in type_of(record).owner_links():
        above_id = getattr(record, link.column)
        if above_id:
            rows = RECORD_TYPES[link.to].model._default_manager.filter(pk=above_id)
            return rows.defer("search", "search_key").first()
    return None


def which_fit(row: Record, conditions: Iterable[Q]) -> tuple[bool, ...]:
    """Which conditions a row meets, in one query."""
    told = {
        f"fits_{n}": Case(When(q, then=Value(True)), default=Value(False), output_field=BooleanField())
        for n, q in enumerate(conditions)
    }
    rows = type(row)._default_manager.filter(pk=row.pk).order_by().annotate(**told).values_list(*told)
    return next(iter(rows), (False,) * len(told))


def names_of(rule_ids: Sequence[int]) -> dict[int, str]:
    """{rule: name}, for the audit log."""
    return dict(SharingRule.objects.filter(pk__in=rule_ids).values_list("pk", "name"))


register_parts("sharing", shared_parts)
register_titles("sharing_rule", names_of)


def standing_rules(actor: Actor) -> list[Known]:
    """The rules that are switched on, as of the actor's request."""
    return STANDING.at(actor.stamp).rules


def rule_for(actor: Actor, rule_id: int) -> SharingRule:
    """A rule's row. Raises NotFound, Forbidden."""
    actor.demand(MANAGE)
    row = SharingRule.objects.filter(pk=rule_id).first()
    if row is None:
        raise NotFound
    return row


def rules_of(actor: Actor) -> list[SharingRule]:
    """All rules, those that give something first, then the newest; the ended ones last. Raises Forbidden."""
    actor.demand(MANAGE)
    order = {SharingState.ON: 0, SharingState.OFF: 1, SharingState.ENDED: 2}
    rows = list(SharingRule.objects.order_by("-id")[:MOST_SHOWN])
    return sorted(rows, key=lambda row: order[SharingState(row.state)])
