"""What somebody who asks may know of records that may be the same (trust flaw 4): of those that he sees, all; of others
what the rule allows. Where a rule says nothing, the answer and the queries are those of "not there".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from genjin.duplicates.queries import rules_at
from genjin.duplicates.rules import DuplicateRuling, Effect, Entry, How, Told
from genjin.duplicates.searching.finding import Found, Why, find
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES, RecordType

MOST_TOLD = 5


@dataclass(frozen=True)
class Hit:
    """A record like the one asked about, as far as the actor may know. `record_id` is None, and `title`, `owner` and
    `department` hold what the rule shows, for one that he may not see; `row_id` is for the machine only."""

    record_type: str
    record_id: int | None
    title: str
    owner: str
    department: str
    life: int
    whys: tuple[Why, ...]
    percent: int
    effect: Effect
    row_id: int

    @property
    def hidden(self) -> bool:
        """Whether the actor may not see it."""
        return self.record_id is None

    @property
    def why(self) -> str:
        """The chief reason: the field whose values are equal, or "similar"."""
        chief = max(self.whys, key=lambda why: why.percent)
        return chief.field if chief.how is How.EXACT else "similar"

    def words(self) -> str:
        """All reasons: 客户名称相近 96%、电话相同."""
        declared = RECORD_TYPES[self.record_type]
        return "、".join(why_words(declared, why) for why in self.whys)

    def fact(self) -> dict[str, Any]:
        """For machines: what the JSON door tells."""
        return {
            "id": self.record_id,
            "title": self.title,
            "owner": self.owner,
            "why": self.why,
            "percent": self.percent,
            "voided": not self.hidden and self.life == Life.VOIDED,
        }


def hits_of(
    actor: Actor,
    record_type: RecordType,
    values: Mapping[str, Any],
    entry: Entry,
    *,
    besides: int | None = None,
    most: int = MOST_TOLD,
    rules: Sequence[DuplicateRuling] | None = None,
) -> list[Hit]:
    """What the actor is told at an entry, by its rules or some of them; the surest first, at most `most`."""
    if rules is None:
        rules = rules_at(record_type.key, entry, actor.stamp)
    found = find(record_type, rules, values, besides=besides)
    ids = [one.row.pk for one in found] or [0]  # asked in any case, so that nothing and nothing told take equally long
    rows = visible_to(actor, record_type.model).filter(pk__in=ids)
    seen = set(rows.order_by().values_list("pk", flat=True))
    told = (_told(actor, record_type, one, entry, one.row.pk in seen) for one in found)
    return [hit for hit in told if hit][:most]


def why_words(record_type: RecordType, why: Why) -> str:
    """One reason in words."""
    declared = record_type.own_fields.get(why.field)
    label = str(declared.label) if declared else why.field
    if why.how is How.EXACT:
        return _("%(field)s相同") % {"field": label}
    return _("%(field)s相近 %(percent)d%%") % {"field": label, "percent": why.percent}


def effect_of(hits: list[Hit]) -> Effect:
    """The strictest of what the hits mean."""
    if any(hit.effect is Effect.BLOCK for hit in hits):
        return Effect.BLOCK
    return Effect.WARN if hits else Effect.OFF


def _told(actor: Actor, record_type: RecordType, found: Found, entry: Entry, seen: bool) -> Hit | None:
    rules = found.rules if seen else [rule for rule in found.rules if rule.told is Told.EXISTS]
    if not rules:
        return None
    row = found.row
    shown = {"name", "owner", "department"} if seen else {key for rule in rules for key in rule.shown}
    org = people.directory()
    return Hit(
        record_type=record_type.key,
        record_id=row.pk if seen else None,
        title=str(getattr(row, record_type.title) or row.code) if "name" in shown else "",
        owner=org.member_name(row.owner_id, actor.stamp) if row.owner_id and "owner" in shown else "",
        department=_department(row.department_id, actor) if "department" in shown else "",
        life=row.life if seen else Life.LIVE,
        whys=found.whys,
        percent=found.percent,
        effect=Effect.BLOCK if any(rule.at(entry) is Effect.BLOCK for rule in rules) else Effect.WARN,
        row_id=row.pk,
    )


def _department(department_id: int | None, actor: Actor) -> str:
    return people.directory().department_name(department_id, actor.stamp) if department_id else ""
