"""What somebody who asks may know of records that may be the same (trust flaw 4): of those that he sees, all; of others
what the rule allows. Where a rule says nothing, the answer and the queries are those of "not there". Who sees a pool
sees what lies in it, as the pool shows it, and is told where he may claim it (B3, B4 P10).
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
from genjin.kernel.doors import POOL, visible_to
from genjin.kernel.fields.base import Access
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.sights import in_force
from genjin.ownership.standing import at_pool, pools_of

MOST_TOLD = 5


@dataclass(frozen=True)
class Hit:
    """A record like the one asked about, as far as the actor may know. `record_id` is None, and `title`, `owner` and
    `department` hold what the rule shows, for one that he may not see; `row_id` is for the machine only. `pool`: (id,
    name) of the pool at which he sees it."""

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
    pool: tuple[int, str] | None = None

    @property
    def hidden(self) -> bool:
        """Whether the actor may not see it."""
        return self.record_id is None and self.pool is None

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
            "id": self.row_id if self.pool else self.record_id,
            "title": self.title,
            "owner": self.owner,
            "why": self.why,
            "percent": self.percent,
            "voided": not self.hidden and self.life == Life.VOIDED,
            "pool": self.pool[0] if self.pool else None,
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
    found = find(record_type, rules, values, besides=besides, stamp=actor.stamp)
    ids = [one.row.pk for one in found] or [0]  # asked in any case, so that nothing and nothing told take equally long
    rows = visible_to(actor, record_type.model).filter(pk__in=ids)
    seen = set(rows.order_by().values_list("pk", flat=True))
    told = (_told(actor, record_type, one, entry, one.row.pk in seen) for one in found)
    return [hit for hit in told if hit][:most]


def why_words(record_type: RecordType, why: Why) -> str:
    """One reason in words."""
    label = labelled(record_type, why.field)
    if why.how is How.EXACT:
        return _("%(field)s相同") % {"field": label}
    return _("%(field)s相近 %(percent)d%%") % {"field": label, "percent": why.percent}


def labelled(record_type: RecordType, key: str) -> str:
    """What a field is called, also one of the company's own."""
    declared = record_type.own_fields.get(key) or in_force(record_type, 0).own_fields.get(key)
    return str(declared.label) if declared else key


def effect_of(hits: list[Hit]) -> Effect:
    """The strictest of what the hits mean."""
    if any(hit.effect is Effect.BLOCK for hit in hits):
        return Effect.BLOCK
    return Effect.WARN if hits else Effect.OFF


def _told(actor: Actor, record_type: RecordType, found: Found, entry: Entry, seen: bool) -> Hit | None:
    row = found.row
    pool = None if seen else _pool_of(actor, record_type, found)
    open_ = seen or pool is not None
    rules = found.rules if open_ else [rule for rule in found.rules if rule.told is Told.EXISTS]
    if not rules:
        return None
    shown = {"name", "owner", "department"} if open_ else {key for rule in rules for key in rule.shown}
    org = people.directory()
    return Hit(
        record_type=record_type.key,
        record_id=row.pk if seen else None,
        title=str(getattr(row, record_type.title) or row.code) if "name" in shown else "",
        owner=org.member_name(row.owner_id, actor.stamp) if row.owner_id and "owner" in shown else "",
        department=_department(row.department_id, actor) if "department" in shown else "",
        life=row.life if open_ else Life.LIVE,
        whys=found.whys,
        percent=found.percent,
        effect=Effect.BLOCK if any(rule.at(entry) is Effect.BLOCK for rule in rules) else Effect.WARN,
        row_id=row.pk,
        pool=pool,
    )


def _pool_of(actor: Actor, record_type: RecordType, found: Found) -> tuple[int, str] | None:
    """The pool at which he sees the (live) record with all that it is like by; None for none."""
    pool_id = getattr(found.row, POOL, None)
    if pool_id is None or found.row.life != Life.LIVE:
        return None
    if all(pool.pk != pool_id for pool in pools_of(actor, record_type)):
        return None
    standing, pool = at_pool(actor, pool_id, listing=True)
    access = record_type.seen_by(standing).accesses
    veiled = any(access.get(why.field) in (None, Access.HIDDEN) for why in found.whys)
    return None if veiled else (pool.pk, pool.name)


def _department(department_id: int | None, actor: Actor) -> str:
    return people.directory().department_name(department_id, actor.stamp) if department_id else ""
