"""The verbs that keep a record from falling: locked by its owner (P4), protected until a day by who leads (P6)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, row_for
from genjin.kernel.fields import Date, Text
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.recording import record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.ownership.capacity import held_by, queue_for, rules_over
from genjin.ownership.models import Pool
from genjin.ownership.rules import MOST_PROTECTED, company_day, company_zone
from genjin.ownership.standing import home_pool


def lock_action(record_type: RecordType) -> Action[Any, Any]:
    """The lock verb of one type."""

    @action(
        f"{record_type.plural}.lock",
        on=record_type.model,
        needs=record_type.grant("lock"),
        to=OWN,
        label=gettext_lazy("锁定"),
        icon="lock",
        bulk=True,
        when=lambda row: row.owner_id is not None and not row.locked and row.life == Life.LIVE,
        undo=f"{record_type.plural}.unlock",
    )
    def lock(actor: Actor, record_id: int) -> Record:
        """Keep a record from ever falling (P4), within its owner's quota. Raises Refused("no_owner", "locked",
        "locks_full", "not_live"), and "changed_since" when it changes hands at this moment: another quota counts."""
        model: Any = record_type.model
        owner_id = model._default_manager.filter(pk=record_id).values_list("owner_id", flat=True).first()
        limits = [r.most_locked for r in rules_over(actor, record_type, owner_id or 0) if r.most_locked is not None]
        if limits:
            queue_for(owner_id or 0)
        row: Any = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        if row.owner_id is None:
            raise Refused("no_owner", _("没有负责人，不能锁定"))
        if row.owner_id != owner_id:
            raise Refused("changed_since", _("刚刚换了负责人，请刷新后再锁定"))
        if row.life != Life.LIVE:
            raise Refused("not_live", _("已归档或作废，不能锁定"))
        if row.locked:
            raise Refused("locked", _("已经锁定"))
        if limits:
            _demand_lock(record_type, row.owner_id, min(limits))
        row.locked, row.falls_at = True, None
        record(actor, row)
        return row  # type: ignore[no-any-return]

    return lock


def unlock_action(record_type: RecordType) -> Action[Any, Any]:
    """The unlock verb of one type."""

    @action(
        f"{record_type.plural}.unlock",
        on=record_type.model,
        needs=record_type.grant("lock"),
        to=OWN,
        label=gettext_lazy("解锁"),
        icon="lock",
        bulk=True,
        when=lambda row: row.locked,
        undo=f"{record_type.plural}.lock",
    )
    def unlock(actor: Actor, record_id: int) -> Record:
        """Let the rules count again. Raises Refused("not_locked")."""
        row: Any = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        if not row.locked:
            raise Refused("not_locked", _("没有锁定"))
        row.locked = False
        record(actor, row)
        return row  # type: ignore[no-any-return]

    return unlock


def protect_action(record_type: RecordType) -> Action[Any, Any]:
    """The verb that gives a record more time."""

    @action(
        f"{record_type.plural}.protect",
        on=record_type.model,
        needs=record_type.grant("protect"),
        to=OWN,
        label=gettext_lazy("延长保护期"),
        icon="shield-check",
        bulk=True,
        when=lambda row: row.owner_id is not None and row.life == Life.LIVE,
    )
    def protect(
        actor: Actor,
        record_id: int,
        *,
        until: Annotated[
            date, Date(key="until", label=gettext_lazy("保护到"), help=gettext_lazy("在这一天结束前不会掉入公海"))
        ],
        reason: Annotated[str, Text(key="reason", label=gettext_lazy("原因"), most=120)] = "",
    ) -> Record:
        """Nothing makes the record fall before the end of a day (P6), but not beyond the greatest protection of its
        pool, counted from gaining, nor for longer than usual where it has none; a new owner ends it. Raises
        Refused("no_owner", "past", "too_long")."""
        row: Any = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        if row.owner_id is None:
            raise Refused("no_owner", _("没有负责人，不需要保护"))
        pool = home_pool(actor, record_type, row)
        today = company_day(actor.now())
        _check_day(until, today, *_latest(pool, row, today))
        row.protected_until = datetime.combine(until + timedelta(days=1), time(), tzinfo=company_zone())
        record(actor, row, until=until.isoformat(), **({"reason": reason} if reason else {}))
        return row  # type: ignore[no-any-return]

    return protect


def _latest(pool: Pool | None, row: Any, today: date) -> tuple[int, date]:
    """(how many days a protection may last, its last day): from gaining where its pool says how many, else from
    today."""
    most = int((pool.claims.get("protect_most_days") or 0) if pool else 0)
    if pool is None or not most:
        return MOST_PROTECTED, today + timedelta(days=MOST_PROTECTED)
    since = datetime.fromisoformat(pool.claims["protect_since"]) if pool.claims.get("protect_since") else None
    begun = max(moment for moment in (row.owner_since or row.created_at, since) if moment)
    return most, company_day(begun) + timedelta(days=most)


def _check_day(until: date, today: date, most: int, latest: date) -> None:
    if until < today:
        raise Refused("past", _("保护到的日期应在今天或以后"), "until")
    if until > latest:
        told = {"most": most, "day": latest.isoformat()}
        raise Refused("too_long", _("最多保护 %(most)d 天，到 %(day)s 为止") % told, "until")


def _demand_lock(record_type: RecordType, owner_id: int, most: int) -> None:
    locked = held_by(record_type, [owner_id])[owner_id].locked
    if locked >= most:
        words = _("已锁定 %(locked)d 个，达到上限 %(most)d 个；解锁一些后再试")
        raise Refused("locks_full", words % {"locked": locked, "most": most}, facts={"locked": locked, "most": most})
