"""The rules of a pool in words (B4): what may be claimed, what falls into it, what happens then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def rules_in_words(actor: Actor, record_type: RecordType, pool: Pool) -> list[tuple[str, list[str]]]:
    """(heading, sentences) of a pool."""
    what = in_sentence(str(record_type.many))
    return [
        (_("领取"), list(_claiming(pool, what))),
        (_("自动掉入"), list(_falling(actor, record_type, pool, what))),
        (_("掉入之后"), list(_entering(record_type, pool, what))),
    ]


def _claiming(pool: Pool, what: str) -> Iterator[str]:
    claims = pool.claims
    if pool.kind == PoolKind.ASSIGNED:
        yield _("成员看不到这个公海里的%(what)s，由公海管理员指派。") % {"what": what}
        return
    if claims.get("daily_limit"):
        yield _("每人每天最多领取 %(n)d 个，零点重新计算；退回的不返还当日额度。") % {"n": claims["daily_limit"]}
    else:
        yield _("每天领取的数量不限。")
    if claims.get("new_data_hours"):
        yield _("刚掉入的%(what)s，%(time)s后才能领取。") % {"what": what, "time": hours(claims["new_data_hours"])}
    if claims.get("cooldown_hours"):
        words = {"what": what, "time": hours(claims["cooldown_hours"])}
        yield _("自己名下掉入的%(what)s，%(time)s内不能再由自己领取。") % words
    if claims.get("views_daily"):
        yield _("每人每天最多打开 %(n)d 个%(what)s的资料。") % {"n": claims["views_daily"], "what": what}
    yield _("公海管理员不受每日领取数量的限制，其他限制相同。")


def _falling(actor: Actor, record_type: RecordType, pool: Pool, what: str) -> Iterator[str]:
    rules = rules_of(pool)
    if not rules:
        yield _("不会自动掉入；由负责人退回，或由管理员收回。")
        return
    for rule in rules:
        yield _rule(actor, record_type, rule)
    if len(rules) > 1:
        yield _("以上满足任何一条就会掉入。") if pool.joined_by == "any" else _("以上全部满足才会掉入。")
    yield _("已锁定的%(what)s不会掉入。每天 02:00 处理。") % {"what": what}


def _rule(actor: Actor, record_type: RecordType, rule: Recycling) -> str:
    words: dict[str, Any] = {"n": rule.days, "of": _only(actor, record_type, rule)}
    told = {
        "no_followup": _("%(of)s%(n)d 天没有跟进"),
        "no_deal": _("%(of)s领取或分到之后 %(n)d 天没有成交"),
        "no_opportunity": _("%(of)s领取或分到之后 %(n)d 天没有商机"),
        "unprotected": _("%(of)s保护期满 %(n)d 天"),
        "contract_ended": _("%(of)s合同到期 %(n)d 天"),
    }
    sentence = told.get(rule.reason, "%(of)s%(n)d") % words
    return sentence + (_("（已成交的除外）。") if rule.spares_dealt and rule.reason != "no_deal" else _("。"))


def _only(actor: Actor, record_type: RecordType, rule: Recycling) -> str:
    field = record_type.keys.get(rule.field)
    if not isinstance(field, Choice):
        return ""
    names = listed([field.text(option, actor) for option in rule.options])
    return _("%(field)s为%(options)s的，") % {"field": field.label, "options": names}


def _entering(record_type: RecordType, pool: Pool, what: str) -> Iterator[str]:
    yield _("%(what)s和它的联系人不再有负责人，跟进记录留在%(what)s里，领取的人都能看到。") % {"what": what}
    if pool.entering.get("clears_team", True):
        yield _("相关团队清空。")
    hidden = [key for key, access in pool.hidden.items() if access == "hidden" and key in record_type.keys]
    masked = [key for key, access in pool.hidden.items() if access == "masked" and key in record_type.keys]
    if hidden:
        yield _("领取之前看不到：%s。") % listed([str(record_type.keys[key].label) for key in hidden], 12)
    if masked:
        yield _("领取之前只看到一部分：%s。") % listed([str(record_type.keys[key].label) for key in masked], 12)
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
