"""What a scheme must be like before it is kept: every input looked at, the wrong one named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from genjin.allocation.conditions import plain_conditions
from genjin.allocation.models import Scheme
from genjin.allocation.portraits import choosable_traits
from genjin.allocation.rules.modes import PLAIN, Mode
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.queries import organisation

MOST_SEATS, MOST_STEPS = 200, 50
MOST_WEIGHT, MOST_CAP = 100, 10_000


def check_scheme(actor: Actor, scheme: Scheme) -> None:
    """Raises Refused; brings what is kept into its plain form."""
    declared = RECORD_TYPES.get(scheme.record_type)
    if declared is None:
        raise NotFound
    scheme.conditions = plain_conditions(actor, declared, scheme.conditions)
    scheme.seats = [_seat(actor, seat) for seat in _some(scheme.seats, MOST_SEATS, "seats")]
    members = [seat["member"] for seat in scheme.seats]
    if not members:
        raise Refused("no_seats", _("请选择分给谁，至少一个人"), "seats")
    if len(set(members)) != len(members):
        raise Refused("twice", _("同一个人只能选一次"), "seats")
    scheme.steps = _steps(actor, declared, scheme, members) if scheme.mode == Mode.STEPS else []
    scheme.traits = _traits(actor, declared, scheme)
    scheme.days = _days(scheme.days)
    scheme.begins, scheme.ends = _clock(scheme.begins, "begins"), _clock(scheme.ends, "ends")


def _seat(actor: Actor, seat: Any) -> dict[str, Any]:
    known = organisation(actor).people
    if not isinstance(seat, dict) or _whole(seat.get("member"), "seats") not in known:
        raise Refused("no_member", _("「分给谁」里有不存在的成员，请重新选择"), "seats")
    weight, cap = seat.get("weight") or 1, seat.get("cap") or None
    plain: dict[str, Any] = {"member": _whole(seat["member"], "seats"), "weight": _whole(weight, "seats")}
    if not 1 <= plain["weight"] <= MOST_WEIGHT:
        raise Refused("weight", _("权重应在 1 到 %d 之间") % MOST_WEIGHT, "seats")
    if cap is not None:
        plain["cap"] = _whole(cap, "seats")
        if not 1 <= plain["cap"] <= MOST_CAP:
            raise Refused("cap", _("每天最多应在 1 到 %d 之间，不填就不限") % MOST_CAP, "seats")
    begins, ends = seat.get("begins") or "", seat.get("ends") or ""
    if bool(begins) != bool(ends):
        raise Refused("hours", _("个人值班时间请把开始和结束都填上，或都不填"), "seats")
    if begins:
        plain |= {"begins": _clock(begins, "seats"), "ends": _clock(ends, "seats")}
    return plain


def _steps(actor: Actor, declared: RecordType, scheme: Scheme, members: Sequence[int]) -> list[dict[str, Any]]:
    steps = _some(scheme.steps, MOST_STEPS, "steps")
    if not steps:
        raise Refused("no_steps", _("按规则分配请至少写一条规则"), "steps")
    plain = []
    for number, step in enumerate(steps, 1):
        given = step if isinstance(step, dict) else {}
        conditions = plain_conditions(actor, declared, given.get("conditions") or {}, "steps")
        if not conditions:
            raise Refused("no_condition", _("第 %d 条规则请选择条件") % number, "steps")
        named = [_whole(member, "steps") for member in _some(given.get("members") or [], MOST_SEATS, "steps")]
        if not set(named) <= set(members):
            raise Refused("not_seated", _("第 %d 条规则里的人请先加到「分给谁」") % number, "steps")
        mode = given.get("mode") or Mode.TURNS
        if mode not in PLAIN:
            raise Refused("mode", _("第 %d 条规则的分配方式不对") % number, "steps")
        plain.append({"conditions": conditions, "members": named, "mode": str(mode)})
    return plain


def _traits(actor: Actor, declared: RecordType, scheme: Scheme) -> list[str]:
    offered = {field.key for field in choosable_traits(declared, actor.stamp)}
    chosen = [str(key) for key in _some(scheme.traits, len(offered) or 1, "traits")]
    if not set(chosen) <= offered:
        raise Refused("trait", _("只能按客户的业务特征算相似，不能用个人特征"), "traits")
    return list(dict.fromkeys(chosen))


def _days(days: Any) -> list[int]:
    chosen = sorted({_whole(day, "days") for day in _some(days, 7, "days")})
    if not chosen or not set(chosen) <= set(range(1, 8)):
        raise Refused("days", _("请选择值班的日子，至少一天"), "days")
    return chosen


def _clock(text: Any, field: str) -> str:
    try:
        return time.fromisoformat(str(text)).strftime("%H:%M")
    except ValueError:
        raise Refused("clock", _("时间请写成 09:00 这样"), field) from None


def _whole(value: Any, field: str) -> int:
    text = str(value).strip()
    if not text.isdecimal() or len(text) > 18:
        raise Refused("number", _("请填整数：%s") % text[:20], field)
    return int(text)


def _some(given: Any, most: int, field: str) -> list[Any]:
    if not isinstance(given, list) or len(given) > most:
        raise Refused("too_many", _("最多 %d 项") % most, field)
    return given
