"""The rules of a pool in words (B4): what may be claimed, what falls into it, what happens then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice
from genjin.kernel.records import RecordType
from genjin.kernel.wording import in_sentence
from genjin.org.queries import organisation
from genjin.ownership.models import Pool, PoolKind, Recycling
from genjin.ownership.queries.falling import rules_of
from genjin.ui.formats import listed


def rules_in_words(
    actor: Actor, record_type: RecordType, pool: Pool, rules: Sequence[Recycling] | None = None
) -> list[tuple[str, list[str]]]:
    """(heading, sentences) of a pool. `rules`: those by which something falls into it, where they are known already."""
    what, seen = in_sentence(str(record_type.many)), record_type.seen_by(actor)
    rules = rules_of(pool) if rules is None else rules
    told = [
        (_("领取"), _claiming(pool, what)),
        (_("自动掉入"), _falling(actor, seen, pool, rules)),
        (_("掉入之后"), _entering(actor, seen, pool, what)),
    ]
    return [(heading, [line[:1].upper() + line[1:] for line in lines]) for heading, lines in told]


def _claiming(pool: Pool, what: str) -> Iterator[str]:
    claims = pool.claims
    if pool.kind == PoolKind.ASSIGNED:
        yield _("成员看不到这个公海里的%(what)s，由公海管理员指派。") % {"what": what}
        yield from _holding(pool, what)
        return
    if claims.get("daily_limit"):
        yield _("每人每天最多领取 %(n)d 个，零点重新计算；退回的不返还当日额度。") % {"n": claims["daily_limit"]}
    else:
        yield _("每天领取的数量不限。")
    yield from _holding(pool, what)
    if claims.get("new_data_hours"):
        yield _("刚掉入的%(what)s，%(time)s后才能领取。") % {"what": what, "time": hours(claims["new_data_hours"])}
    if claims.get("cooldown_hours"):
        words = {"what": what, "time": hours(claims["cooldown_hours"])}
        yield _("自己名下掉入的%(what)s，%(time)s内不能再由自己领取。") % words
    if claims.get("views_daily"):
        told = _("每人每天最多打开 %(n)d 个%(what)s的资料，列表里的联系方式只显示一部分。")
        yield told % {"n": claims["views_daily"], "what": what}
    yield _("公海管理员不受每日领取数量的限制，其他限制相同。")


def _holding(pool: Pool, what: str) -> Iterator[str]:
    """P3: how many of the pool's one may hold."""
    claims = pool.claims
    if claims.get("most_held"):
        words = {"n": claims["most_held"], "what": what}
        if claims.get("held_spares_dealt", True):
            yield _("每人最多持有 %(n)d 个来自这个公海的%(what)s，已成交的不算；转给谁就算谁的。") % words
        else:
            yield _("每人最多持有 %(n)d 个来自这个公海的%(what)s；转给谁就算谁的。") % words
    if claims.get("held_apart"):
        yield _("来自这个公海的%(what)s不占保有上限。") % {"what": what}


def _falling(actor: Actor, seen: RecordType, pool: Pool, rules: Sequence[Recycling]) -> Iterator[str]:
    what = in_sentence(str(seen.many))
    if not rules:
        yield _("不会自动掉入；由负责人退回，或由负责人的上级收回。")
        return
    for rule in rules:
        yield _rule(actor, seen, rule)
    yield from _protecting(pool, what)
    if len(rules) > 1:
        yield _("以上满足任何一条就会掉入。") if pool.joined_by == "any" else _("以上全部满足才会掉入。")
    yield _("已锁定的%(what)s不会掉入。每天 02:00 处理。") % {"what": what}
    if pool.remind_days:
        yield _("掉入前 %(days)s 天提醒负责人。") % {"days": listed([str(day) for day in pool.remind_days])}


def _protecting(pool: Pool, what: str) -> Iterator[str]:
    """The protection period (P6): how long, how far follow-ups move it, what has none."""
    first, most = pool.claims.get("protect_days") or 0, pool.claims.get("protect_most_days") or 0
    if not first:
        return
    if most:
        yield _("领取或分到之后 %(n)d 天内不会掉入；每次跟进顺延，最多到第 %(most)d 天。") % {"n": first, "most": most}
    else:
        yield _("领取或分到之后 %(n)d 天内不会掉入。") % {"n": first}
    if not pool.claims.get("protect_own", True):
        yield _("自己新建的%(what)s没有保护期。") % {"what": what}


def _rule(actor: Actor, seen: RecordType, rule: Recycling) -> str:
    words: dict[str, Any] = {"n": rule.days, "of": _only(actor, seen, rule)}
    told = {
        "no_followup": _("%(of)s%(n)d 天没有跟进"),
        "no_deal": _("%(of)s领取或分到之后 %(n)d 天没有成交"),
        "no_opportunity": _("%(of)s领取或分到之后 %(n)d 天没有商机"),
        "unprotected": _("%(of)s保护期满 %(n)d 天"),
        "contract_ended": _("%(of)s合同到期 %(n)d 天"),
    }
    sentence = told.get(rule.reason, "%(of)s%(n)d") % words
    spared = [_("已成交的")] if rule.spares_dealt and rule.reason != "no_deal" else []
    spared += [_("有进行中商机的")] if rule.spares_open and rule.reason != "no_opportunity" else []
    return sentence + (_("（%s除外）。") % listed(spared) if spared else _("。"))


def _only(actor: Actor, seen: RecordType, rule: Recycling) -> str:
    """Whom a rule is for; who may not know the field learns that it is not for all."""
    if not rule.field:
        return ""
    field = seen.own_fields.get(rule.field)
    if not isinstance(field, Choice):
        return _("部分%(what)s，") % {"what": in_sentence(str(seen.many))}
    names = listed([field.text(option, actor) for option in rule.options])
    return _("%(field)s为%(options)s的，") % {"field": field.label, "options": names}


def _entering(actor: Actor, seen: RecordType, pool: Pool, what: str) -> Iterator[str]:
    taker = organisation(actor).people.get(pool.entering.get("assignee") or 0)
    if taker is not None:
        words = _("新建和公开表单放进来的%(what)s默认分给%(who)s；他离职或满了就留在公海。")
        yield words % {"what": what, "who": taker.name}
    words = _("%(what)s和随它的记录不再有负责人；跟进和计划的内容在公海里不显示，领取的人都能看到。")
    yield words % {"what": what}
    if pool.entering.get("clears_team", True):
        yield _("相关团队清空。")
    hidden = [str(f.label) for f in seen.fields if pool.hidden.get(f.key) == "hidden"]
    masked = [str(f.label) for f in seen.fields if pool.hidden.get(f.key) == "masked"]
    if hidden:
        yield _("领取之前看不到：%s。") % listed(hidden, 12)
    if masked:
        yield _("领取之前只看到一部分：%s。") % listed(masked, 12)
    yield _("在公海里不能修改、不能转移。")


def circle_words(actor: Actor, circle: Mapping[str, Any]) -> str:
    """Whom a circle holds: `全体成员`, `华东区、张伟`."""
    if circle.get("everybody"):
        return _("全体成员")
    org = organisation(actor)
    known: tuple[tuple[str, Mapping[int, Any]], ...] = (
        ("departments", org.departments),
        ("roles", org.roles),
        ("people", org.people),
    )
    return listed([rows[each].name for key, rows in known for each in circle.get(key, ()) if each in rows], 6)


def hours(count: int) -> str:
    """`12 小时`, `7 天`."""
    return _("%d 天") % (count // 24) if count % 24 == 0 else _("%d 小时") % count
