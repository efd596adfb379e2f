"""`change_owners`: the same as `change_owner` for many records of one type that go to one owner, in few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.recording import record_many
from genjin.kernel.records import RECORD_TYPES, belonging_to, type_of
from genjin.ownership.changing import along, begin_periods, clear_teams, stand
from genjin.ownership.followers import followers_of, goes_back
from genjin.ownership.models import Owned, Pool, Rule
from genjin.ownership.queries.following import who_came_along
from genjin.ownership.queries.standing import came_out_of

OWNER = ("owner_id", "department_id")
NEEDED = ("id", "version", "updated_at", "life", "owner", "department")
STANDING = tuple(field.attname for field in Owned._meta.get_fields() if field.concrete)


def locked(model: type[Record], ids: Iterable[int]) -> list[Record]:
    """Records with the columns that `change_owners` needs, locked in the order of their ids."""
    names = (*NEEDED, *STANDING, *model.follows) if issubclass(model, Owned) else NEEDED
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
    back: bool = False,
) -> None:
    """Give many (locked) records of one type to one owner, or without one into a pool; what belongs to them follows. A
    step of actions, a handful of statements however many there are. `noted`: the event says rule and reason, as that of
    a single one does. `back`: something is undone, so that of
    what has owners of its own only that goes along which had come along."""
    if not records:
        return
    now, kind = actor.now(), type(records[0])
    kept = (*STANDING, *kind.follows) if issubclass(kind, Owned) else ()
    department_id = people.directory().department_of(owner_id, actor.stamp) if owner_id else None
    before: dict[int | None, list[int]] = {}
    lay = [each.pk for each in records if isinstance(each, Owned) and each.pool_id] if back else []
    came = came_out_of(lay) if lay else {}
    for each in records:
        was = each.owner_id
        before.setdefault(was, []).append(each.pk)
        stands = isinstance(each, Owned) and stand(each, owner_id, pool, reason, now)
        each.owner_id, each.department_id = owner_id, department_id
        if isinstance(each, Owned) and each.pk in lay:
            each.taken_from_id = came.get(each.pk)
        if isinstance(each, Owned) and stands:
            each.came_to(was, Rule.UNDONE if back else rule, reason, now)
    note = {"rule": rule.value, **({"reason": reason} if reason else {})} if noted else {}
    record_many(actor, records, (*OWNER, *kept), **note)
    begin_periods(actor, records, rule=rule, reason=reason, pool=pool)
    if pool is not None:
        clear_teams(actor, [each.pk for each in records], pool)
    _bring_along(actor, records, owner_id, reason)
    for held, above in before.items():
        _let_follow(actor, type_of(records[0]).key, above, (held, owner_id), reason, back=back or goes_back(rule))


def _bring_along(actor: Actor, records: Sequence[Record], owner_id: int | None, reason: str) -> None:
    """Records that belong to these follow their owner."""
    above = [each.pk for each in records]
    for record_type, link in belonging_to(type_of(records[0]).key):
        names = {f"{each.column}__isnull": True for each in record_type.links_before(link)}
        named = record_type.model._default_manager.filter(**{f"{link.column}__in": above}, **names)
        below = named.exclude(life=Life.VOIDED)
        others = below.exclude(owner_id=owner_id) if owner_id else below.exclude(owner=None)
        ids = others.values_list("pk", flat=True)
        change_owners(actor, locked(record_type.model, ids), owner_id, rule=Rule.FOLLOWED, reason=reason, noted=False)


def _let_follow(
    actor: Actor,
    record_type: str,
    above: Sequence[int],
    owners: tuple[int | None, int | None],
    reason: str,
    *,
    back: bool,
) -> None:
    """Records with owners of their own that go along with these, which belonged to one member (or to nobody)."""
    before, owner_id = owners
    for follower in followers_of(record_type) if before != owner_id else ():
        which = follower.which(before)
        if which is None:
            continue
        model = RECORD_TYPES[follower.key].model
        rows = model._default_manager.filter(which, **{f"{follower.column}__in": above})
        rows = who_came_along(rows, follower) if back else rows
        ids = (rows.exclude(owner_id=owner_id) if owner_id else rows.exclude(owner=None)).values_list("pk", flat=True)
        change_owners(actor, locked(model, ids), owner_id, rule=along(back=back), reason=reason, noted=False)
