"""What the rules of pools and limits of holding mean for the company's own records: examples, after first paint."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound
from genjin.kernel.titles import titles_of
from genjin.kernel.wording import in_sentence
from genjin.org.queries import organisation
from genjin.ownership.capacity import capacities_at, held_by, holding_most, most_of, stands_apart
from genjin.ownership.grants import MANAGE
from genjin.ownership.models import Capacity, Pool
from genjin.ownership.queries.falling import dry_run, rules_of
from genjin.ownership.queries.standing import lately_pooled
from genjin.ownership.rules import night_of
from genjin.ownership.standing import covers, pool_named, pools_at
from genjin.ui.formats import Formats, number
from genjin.ui.pages import PageRequest, fragment, page
from genjin.ui.shell import formats_for

AHEAD = timedelta(days=90)
MOST_ASKED = 200
"""Of so many members it is looked up what they hold."""


@page("settings/pools/examples/<int:pool_id>", name="pool-example", needs=MANAGE)
def pool_example(request: PageRequest, pool_id: int) -> HttpResponse:
    """Which record falls next by the rules of a pool and why; what came into it last."""
    pool = pool_named(request.actor.stamp, pool_id)
    if pool is None:
        raise NotFound
    record_type, fmt = RECORD_TYPES[pool.record_type], formats_for(request.actor)
    lines = [
        _next(request.actor, record_type, pool, fmt),
        _last(request.actor, record_type, pool, fmt),
        _holding(request.actor, record_type, pool),
    ]
    return fragment(request, "ownership/example.html", lines=[line for line in lines if line])


@page("settings/capacities/examples/<int:capacity_id>", name="capacity-example", needs=MANAGE)
def capacity_example(request: PageRequest, capacity_id: int) -> HttpResponse:
    """Who of those whom a limit covers holds most, and how much is left to him."""
    rule = next((each for each in capacities_at(request.actor.stamp) if each.pk == capacity_id), None)
    if rule is None:
        raise NotFound
    line = _fullest(request.actor, rule)
    return fragment(request, "ownership/example.html", lines=[line] if line else [])


def _next(actor: Actor, record_type: RecordType, pool: Pool, fmt: Formats) -> str:
    if not pool.enabled or not rules_of(pool):
        return ""
    what = in_sentence(str(record_type.many))
    found = dry_run(actor, record_type, pool, day=fmt.today + AHEAD, most=1).rows
    if not found:
        return _("按现在的规则，%(n)d 天内没有%(what)s会掉入。") % {"n": AHEAD.days, "what": what}
    first = found[0]
    words = {
        "title": first.title or _("您看不到的记录"), "owner": first.owner or _("无负责人"), "why": first.why,
        "night": fmt.when(night_of(first.night)),
    }  # fmt: skip
    line = _("例如「%(title)s」（%(owner)s）：%(why)s，%(night)s掉入。") % words
    return f"{line}{first.mend}" if first.mend else line


def _last(actor: Actor, record_type: RecordType, pool: Pool, fmt: Formats) -> str:
    what = in_sentence(str(record_type.many))
    count, last = lately_pooled(record_type, pool.pk)
    if last is None:
        return _("现在公海里没有%(what)s。") % {"what": what}
    row_id, at, reason = last
    title = titles_of(actor, record_type.key, [row_id]).get(row_id) or _("您看不到的记录")
    words = {"count": number(count), "what": what, "title": title, "when": fmt.when(at)}
    words["why"] = reason or _("没有写原因")
    return _("现在公海里有 %(count)s 个%(what)s，最近掉入的是「%(title)s」（%(when)s，%(why)s）。") % words


def _holding(actor: Actor, record_type: RecordType, pool: Pool) -> str:
    """P3: who holds most of what came out of a pool that limits that."""
    if not most_of(pool):
        return ""
    what = in_sentence(str(record_type.many))
    first = holding_most(actor, pool, 1)
    if not first:
        return _("现在没有人持有来自这个公海的%(what)s。") % {"what": what}
    member, held = first[0]
    words = {"who": organisation(actor).people[member].name, "held": held, "what": what}
    if held > most_of(pool):
        words["over"] = held - most_of(pool)
        return _("%(who)s持有 %(held)d 个来自这个公海的%(what)s，已超出 %(over)d 个：保留，但不能再要。") % words
    words["left"] = most_of(pool) - held
    return _("持有最多的是%(who)s：%(held)d 个来自这个公海的%(what)s，还能再要 %(left)d 个。") % words


def _fullest(actor: Actor, rule: Capacity) -> str:
    record_type, people = RECORD_TYPES[rule.record_type], organisation(actor).people
    covered = [pk for pk in people if covers(rule.scope, actor, pk)][:MOST_ASKED]
    held = held_by(record_type, covered) if covered else {}
    apart = [each.pk for each in pools_at(actor.stamp, rule.record_type) if stands_apart(each)]
    counted = {pk: each.counted(spares_dealt=rule.spares_dealt, apart=apart) for pk, each in held.items()}
    if not counted:
        return _("现在没有成员适用这条上限。")
    fullest = max(counted, key=lambda pk: (counted[pk], -pk))
    words: dict[str, Any] = {
        "who": people[fullest].name,
        "held": counted[fullest],
        "what": in_sentence(str(record_type.many)),
    }
    if counted[fullest] > rule.most:
        words["over"] = counted[fullest] - rule.most
        return _("例如%(who)s现在有 %(held)d 个%(what)s，已超出 %(over)d 个：保留，但不能再要。") % words
    words["left"] = rule.most - counted[fullest]
    return _("例如%(who)s现在有 %(held)d 个%(what)s，最多的一位，还能再要 %(left)d 个。") % words
