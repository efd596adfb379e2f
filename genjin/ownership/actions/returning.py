"""The verbs that put an owned record into a pool by hand: returned by its owner, taken back by who leads him (B4, P9);
and what undoes them."""

# annotations are read when a verb is made: the pools it offers are those of its type

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import ACTIONS, Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, row_for
from genjin.kernel.fields import Choice, LongText, Text
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.options import options_of
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import Call, Maker, Past
from genjin.ownership.actions.going_back import demand_undoing, give_back, row_to_put_back
from genjin.ownership.actions.pooled import chosen_pool, demand_unlocked
from genjin.ownership.changing import change_owner
from genjin.ownership.fields import pool_choice
from genjin.ownership.models import Pool, Rule
from genjin.ownership.options import RETURN
from genjin.ownership.standing import home_pool, pools_at, pools_open_to

TARGET_HELP = gettext_lazy("不选就放入负责人所在的公海，多个时按公海的优先顺序")


def return_action(record_type: RecordType) -> Action[Any, Any]:
    """The return verb of one type."""

    @action(
        f"{record_type.plural}.return",
        on=record_type.model,
        needs=record_type.grant("return"),
        to=OWN,
        label=gettext_lazy("退回公海"),
        icon="ripple",
        bulk=True,
        when=can_be_pooled,
        undo=_back(record_type),
    )
    def return_to_pool(
        actor: Actor,
        record_id: int,
        *,
        reason: Annotated[str, Choice(key="reason", label=gettext_lazy("退回原因"), options=RETURN.key)],
        note: Annotated[str, LongText(key="note", label=gettext_lazy("说明"), most=120)] = "",
        pool: Annotated[str, pool_choice(record_type, gettext_lazy("退回到"), TARGET_HELP)] = "",
    ) -> Record:
        """Give a record up into a pool of its owner (P9). Raises Refused("no_owner", "locked", "not_live", "no_pool",
        "note_needed", "in_pool")."""
        if reason == "other" and not note:
            raise Refused("note_needed", _("原因选「其他」时，请填写说明"), "note")
        row = _owned(actor, record_type, record_id)
        target = _target(actor, record_type, row, pool)
        label = str(options_of(RETURN.key, actor.stamp)[reason].label)
        words = f"{label}：{note}" if note else label
        change_owner(actor, row, None, rule=Rule.RETURNED, reason=words, pool=target)
        return row  # type: ignore[no-any-return]

    return return_to_pool


def reclaim_action(record_type: RecordType) -> Action[Any, Any]:
    """The verb by which who leads takes a record back into a pool."""

    @action(
        f"{record_type.plural}.reclaim",
        on=record_type.model,
        needs=record_type.grant("reclaim"),
        to=OWN,
        label=gettext_lazy("收回到公海"),
        icon="arrow-back-up",
        bulk=True,
        when=can_be_pooled,
        undo=_back(record_type),
    )
    def reclaim(
        actor: Actor,
        record_id: int,
        *,
        reason: Annotated[str, Text(key="reason", label=gettext_lazy("收回原因"), most=120)],
        pool: Annotated[str, pool_choice(record_type, gettext_lazy("收回到"), TARGET_HELP)] = "",
    ) -> Record:
        """Take a record from its owner into a pool (B4); he is told. Raises as the return."""
        row = _owned(actor, record_type, record_id)
        target = _target(actor, record_type, row, pool)
        change_owner(actor, row, None, rule=Rule.RECLAIMED, reason=reason, pool=target)
        return row  # type: ignore[no-any-return]

    return reclaim


def unreturn_action(record_type: RecordType) -> Action[Any, Any]:
    """What undoing a return comes to (and, under the other grant, a reclaim)."""
    return _giving_back(record_type, "unreturn", "return", Rule.RETURNED, gettext_lazy("撤销退回"))


def unreclaim_action(record_type: RecordType) -> Action[Any, Any]:
    """What undoing a reclaim comes to."""
    return _giving_back(record_type, "unreclaim", "reclaim", Rule.RECLAIMED, gettext_lazy("撤销收回"))


def can_be_pooled(row: Any) -> bool:
    """Whether menus offer to put it into a pool."""
    stands = row.owner_id is not None and row.pool_id is None and not row.locked and row.life == Life.LIVE
    return stands and not row.stays_out()


def _giving_back(record_type: RecordType, name: str, verb: str, rule: Rule, label: Any) -> Action[Any, Any]:
    @action(
        f"{record_type.plural}.{name}",
        on=record_type.model,
        needs=record_type.grant(verb),
        label=label,
        icon="arrow-back-up",
        listed=False,
    )
    def back(actor: Actor, record_id: int) -> Record:
        """Back to its owner with the deadlines that he had. Only as an undo, while nobody touched the record."""
        demand_undoing()
        row, _period = row_to_put_back(actor, record_type, record_id, rule)
        give_back(actor, row, str(label))
        return row  # type: ignore[no-any-return]

    return back


def _owned(actor: Actor, record_type: RecordType, record_id: int) -> Any:
    row: Any = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
    if row.owner_id is None:
        raise Refused("no_owner", _("没有负责人，不能放入公海"))
    if row.life != Life.LIVE:
        raise Refused("not_live", _("已归档或作废，请先恢复再放入公海"))
    why = row.stays_out()
    if why:
        raise Refused("bad_move", why)
    demand_unlocked(row)
    return row


def _target(actor: Actor, record_type: RecordType, row: Any, given: str) -> Pool:
    """The chosen pool among those in question: the record's home, its owner's and the actor's own pools."""
    if not given:
        pool = home_pool(actor, record_type, row)
        if pool is None:
            raise Refused("no_pool", _nowhere(actor, record_type, row), "pool")
        return pool
    pool = chosen_pool(actor, record_type, given)
    if pool.pk not in {each.pk for each in pools_open_to(actor, record_type, row)}:
        raise Refused("no_pool", _("不能放入「%s」，请选择负责人所在的公海") % pool.name, "pool")
    return pool


def _nowhere(actor: Actor, record_type: RecordType, row: Any) -> str:
    """Why it falls into no pool by itself, and what helps: a choice is asked for only where there is one."""
    if not any(pool.enabled for pool in pools_at(actor.stamp, record_type.key)):
        return _("还没有启用的公海，请管理员先在「公海规则」里建立")
    if not pools_open_to(actor, record_type, row):
        return _("负责人和您都不在任何公海的成员里，请管理员在「公海规则」里加上")
    return _("负责人不在任何公海的成员里，请选择一个公海")


def _back(record_type: RecordType) -> Maker:
    """Back to the owner; then those whom the pool had put out of the team."""

    def inverse(actor: Actor, past: Past) -> Sequence[Call]:
        verb = "unreclaim" if past.note.get("rule") == Rule.RECLAIMED else "unreturn"
        team = f"{record_type.plural}.add_teammate"
        calls = [Call(f"{record_type.plural}.{verb}", past.row_id)]
        for was in past.others.values() if team in ACTIONS else ():
            if was.get("record_id") == past.row_id and "writes" in was and not _over(actor, was.get("expires_at")):
                given = {key: was[key] for key in ("writes", "role", "expires_at") if was.get(key)}
                calls.append(Call(team, past.row_id, {"member": str(was["member_id"]), **given}))
        return calls

    return inverse


def _over(actor: Actor, until: Any) -> bool:
    return bool(until) and datetime.fromisoformat(str(until)) <= actor.now()
