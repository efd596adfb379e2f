"""Why somebody got a record, in words; they are kept in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.allocation.rules.fit import Chances
from genjin.allocation.rules.seats import Hindrance, Seat
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.wording import clauses, listed

MOST_NAMED = 4
HINDRANCES = {
    Hindrance.LEFT: gettext_lazy("已离职"),
    Hindrance.PAUSED: gettext_lazy("暂停接单"),
    Hindrance.OFF_DUTY: gettext_lazy("不在值班时间"),
    Hindrance.CAP: gettext_lazy("今天已满"),
    Hindrance.FULL: gettext_lazy("库容已满"),
    Hindrance.ASKED: gettext_lazy("已问过或已是负责人"),
}


def name_of(actor: Actor, member_id: int) -> str:
    """What a member is called."""
    return people.directory().member_name(member_id, actor.stamp)


def turn(actor: Actor, seat: Seat, taken: Mapping[int, int], last: int | None) -> str:
    """轮流：张三今天 3/10，上一位是李四."""
    facts = {"name": name_of(actor, seat.member), "count": _count(seat, taken)}
    if last is None:
        return _("轮流：%(name)s今天 %(count)s，第一位") % facts
    facts["last"] = name_of(actor, last)
    return _("轮流：%(name)s今天 %(count)s，上一位是%(last)s") % facts


def weight(actor: Actor, seat: Seat, able: Sequence[Seat], taken: Mapping[int, int]) -> str:
    """按比例 2:1：张三今天 3/10."""
    ratio = ":".join(str(one.weight) for one in able[:8]) + ("…" if len(able) > 8 else "")
    facts = {"ratio": ratio, "name": name_of(actor, seat.member), "count": _count(seat, taken)}
    return _("按比例 %(ratio)s：%(name)s今天 %(count)s") % facts


def chance(actor: Actor, member_id: int, among: int) -> str:
    """随机：从 5 人中抽到张三."""
    return _("随机：从 %(n)d 人中抽到%(name)s") % {"n": among, "name": name_of(actor, member_id)}


def step(number: int, conditions: str) -> str:
    """按规则第 2 条（所在地区 属于 江苏省），then how among its people."""
    return _("按规则第 %(n)d 条（%(what)s），") % {"n": number, "what": conditions[:60]}


def no_step() -> str:
    """没有符合的规则，then how instead."""
    return _("没有符合的规则，")


def too_few(least: int) -> str:
    """Why not by fit."""
    return _("相似的历史不足 %d 条，不按匹配度，") % least


def fit(actor: Actor, member_id: int, labels: Sequence[str], chances: Chances) -> str:
    """匹配度：张三在所在地区、所属行业相同的 12 条里成交 5 条（42%，收缩后 31%），全组 22%."""
    tally = chances.tallies[member_id]
    facts = {
        "name": name_of(actor, member_id),
        "same": listed(labels),
        "n": tally.count,
        "won": tally.won,
        "raw": percent(tally.rate),
        "rate": percent(chances.rates[member_id]),
        "team": percent(chances.team.rate),
    }
    if not tally.count:
        return _("匹配度：%(same)s相同的，%(name)s还没有记录，按全组 %(team)s 估计") % facts
    return (
        _("匹配度：%(same)s相同的，%(name)s %(n)d 条成交 %(won)d 条（%(raw)s，收缩后 %(rate)s），全组 %(team)s") % facts
    )


def nobody(actor: Actor, hindered: Sequence[tuple[Seat, Hindrance | None]], taken: Mapping[int, int]) -> str:
    """没有人能接：张三今天已满 10/10；李四不在值班时间."""
    said = []
    for seat, why in hindered[:MOST_NAMED]:
        if why is None:
            continue
        count = f" {taken.get(seat.member, 0)}/{seat.cap}" if why is Hindrance.CAP else ""
        said.append(f"{name_of(actor, seat.member)}{HINDRANCES[why]}{count}")
    if len(hindered) > MOST_NAMED:
        said.append(_("另有 %d 人也不能接") % (len(hindered) - MOST_NAMED))
    return _("没有人能接：%s") % (clauses(said) or _("方案里没有人"))


def by_hand(reason: str) -> str:
    """人工分配, with the reason that was given."""
    return _("人工分配：%s") % reason if reason else _("人工分配")


def fallback(why: str) -> str:
    """交给兜底负责人, and why nobody else."""
    return _("交给兜底负责人；%s") % why


def percent(rate: float) -> str:
    """42%."""
    return f"{rate:.0%}"


def _count(seat: Seat, taken: Mapping[int, int]) -> str:
    number = taken.get(seat.member, 0) + 1
    return f"{number}/{seat.cap}" if seat.cap else _("第 %d 条") % number
