"""`change_owners`: the same as `change_owner` for many records of one type that go to one owner, in few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.recording import record_many
from genjin.kernel.records import belonging_to, type_of
from genjin.ownership.changing import begin_periods, clear_teams, stand
from genjin.ownership.models import Owned, Pool, Rule

OWNER = ("owner_id", "department_id")
NEEDED = ("id", "version", "updated_at", "life", "owner", "department")
STANDING = tuple(field.attname for field in Owned._meta.get_fields() if field.concrete)


def locked(model: type[Record], ids: Iterable[int]) -> list[Record]:
    """Records with the columns that `change_owners` needs, locked in the order of their ids."""
    names = (*NEEDED, *STANDING) if issubclass(model, Owned) else NEEDED
    rows = model._default_manager.filter(pk__in=list(ids)).only(*names).order_by("pk")
    return list(rows.select_for_update(of=("self",)))


def change_owners(
    actor: Actor,
    records: Sequence[Record],
    owner_id: int | None,
    *,
    rule: Rule,
    reason: str = "",
    pool: Pool | None = None,
    noted: bool = True,
) -> None:
    """Give many (locked) records of one type to one owner, or without one into a pool; what belongs to them follows. A
    step of actions, a handful of statements however many there are. `noted`: the event says rule and reason, as that of
    a single one does."""
    if not records:
        return
    now = actor.now()
    owned = issubclass(type(records[0]), Owned)
    department_id = people.directory().department_of(owner_id, actor.stamp) if owner_id else None
    for each in records:
        if isinstance(each, Owned):
            stand(each, owner_id, pool, reason, now)
        each.owner_id, each.department_id = owner_id, department_id
    note = {"rule": rule.value, **({"reason": reason} if reason else {})} if noted else {}
    record_many(actor, records, (*OWNER, *STANDING) if owned else OWNER, **note)
    begin_periods(actor, records, rule=rule, reason=reason, pool=pool)
    if pool is not None:
        clear_teams(actor, [each.pk for each in records], pool)
    _bring_along(actor, records, owner_id, reason)


def _bring_along(actor: Actor, records: Sequence[Record], owner_id: int | None, reason: str) -> None:
    """Records that belong to these follow their owner."""
    above = [each.pk for each in records]
    for record_type, link in belonging_to(type_of(records[0]).key):
        below = record_type.model._default_manager.filter(**{f"{link.column}__in": above}).exclude(life=Life.VOIDED)
        others = below.exclude(owner_id=owner_id) if owner_id else below.exclude(owner=None)
        ids = others.values_list("pk", flat=True)
        change_owners(actor, locked(record_type.model, ids), owner_id, rule=Rule.FOLLOWED, reason=reason, noted=False)
