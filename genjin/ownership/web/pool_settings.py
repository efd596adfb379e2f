"""Pools in the settings: the list, the form of a pool with its recycling rules, switching on and off, deleting."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import Action
from genjin.kernel.digits import number_in
from genjin.kernel.fields import Choice, FieldError
from genjin.kernel.lists import CAP
from genjin.kernel.options import options_of
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused, Stale
from genjin.kernel.sights import can_be_limited, can_be_masked, in_force
from genjin.org.queries import organisation
from genjin.org.snapshot import Organisation
from genjin.org.web.frame import Section, register_settings, settings_page
from genjin.org.web.moving import moved
from genjin.ownership.actions.pooling import (
    create_pool,
    delete_pool,
    edit_pool,
    switch_off_pool,
    switch_on_pool,
)
from genjin.ownership.capacity import capacities_at
from genjin.ownership.conditions import CONDITIONS, business_of, reads
from genjin.ownership.fields import SECTION
from genjin.ownership.filling import drafted
from genjin.ownership.grants import MANAGE
from genjin.ownership.models import Pool, PoolKind
from genjin.ownership.queries.falling import dry_run, recycling_rules, touched_by
from genjin.ownership.standing import administers, pool_named, pooled_types, pools_at
from genjin.ownership.web.pool_words import circle_words, rules_in_words
from genjin.ui.pages import PageRequest, fragment, go, page

ROUTE = "settings/pools"
PLACE = f"/{ROUTE}"
NUMBERS = (
    "priority", "daily_limit", "new_data_hours", "cooldown_hours", "views_daily", "most_held", "protect_days",
    "protect_most_days",
)  # fmt: skip
SEVERAL = ("members", "departments", "roles", "admins")
SWITCHES = (
    "everybody", "clears_team", "notify_admins", "recycles", "protect_own", "held_spares_dealt", "held_apart",
    "over_known",
)  # fmt: skip
OPENING = {
    "priority": "100", "daily_limit": "10", "new_data_hours": "0", "cooldown_hours": "168", "views_daily": "0",
    "most_held": "0", "held_spares_dealt": "on", "protect_days": "0", "protect_most_days": "0", "protect_own": "on",
    "kind": "open", "joined_by": "any",
    "remind_days": "3,1", "clears_team": "on", "recycles": "on",
}  # fmt: skip
FIRST_RULES = ({"reason": "no_followup", "days": 30}, {"reason": "no_deal", "days": 90})
MOVED: dict[str, tuple[Action[Any, Any], Any]] = {
    "on": (switch_on_pool, gettext_lazy("公海已启用")),
    "off": (switch_off_pool, gettext_lazy("公海已停用：不再自动掉入，也不能领取")),
    "delete": (delete_pool, gettext_lazy("公海已删除")),
}

register_settings(
    Section(
        "pool-settings",
        gettext_lazy("公海规则"),
        icon="ripple",
        note=gettext_lazy("谁能领取、多久不跟进会掉入、领取前看得到什么"),
        needs=MANAGE,
    ),
    before="company",
)


@page(ROUTE, name="pool-settings", needs=MANAGE)
def listed_pools(request: PageRequest) -> HttpResponse:
    """All pools with their rules in words."""
    actor = request.actor
    rules = recycling_rules()
    lines = [(pool, t := RECORD_TYPES[pool.record_type], rules_in_words(actor, t, pool, rules.get(pool.pk, ())),
              circle_words(actor, pool.members), circle_words(actor, pool.admins))
             for pool in pools_at(actor.stamp)]  # fmt: skip
    limits = [
        (rule, RECORD_TYPES[rule.record_type], circle_words(actor, rule.scope)) for rule in capacities_at(actor.stamp)
    ]
    kinds = dict(PoolKind.choices)
    return settings_page(request, "ownership/pools.html", "pool-settings", lines=lines, kinds=kinds, limits=limits)


@page(f"{ROUTE}/new", name="pool-new", methods=["GET", "POST"], needs=MANAGE)
def new_pool(request: PageRequest) -> HttpResponse:
    """A new pool, with rules to begin from (B4 ◇)."""
    if request.method == "POST":
        return _save(request, None)
    rules = [{**rule, "field": "", "options": [], "spares_dealt": True, "spares_open": False} for rule in FIRST_RULES]
    return _form(request, None, {**OPENING, "rules": rules, "hidden": {}})


@page(f"{ROUTE}/<int:pool_id>", name="pool-edit", methods=["GET", "POST"], needs=MANAGE)
def changed_pool(request: PageRequest, pool_id: int) -> HttpResponse:
    """Change a pool and its rules."""
    pool = pool_named(request.actor.stamp, pool_id)
    if pool is None:
        raise NotFound
    return _save(request, pool) if request.method == "POST" else _form(request, pool, _stored(pool))


@page(f"{ROUTE}/line", name="pool-rule-line", needs=MANAGE)
def rule_line(request: PageRequest) -> HttpResponse:
    """One line of the rules: a new one, or the same when its field was chosen."""
    record_type = _wanted(request.GET)
    number = request.GET.get("n", "")[:6] or str(secrets.randbelow(900_000) + 100_000)
    given = _rules(request.GET) or [{"reason": "no_followup", "days": "30", "field": "", "options": []}]
    return fragment(request, "ownership/pool_rule.html", rule=given[-1], n=number, **_offered(request, record_type))


@page(f"{ROUTE}/<int:pool_id>/tonight", name="pool-tonight")
def tonight(request: PageRequest, pool_id: int) -> HttpResponse:
    """A dry run: what would fall into the pool by a night, and why; for everybody in charge of it."""
    pool = pool_named(request.actor.stamp, pool_id)
    if pool is None or not administers(request.actor, pool):
        raise NotFound
    record_type = RECORD_TYPES[pool.record_type]
    night = dry_run(request.actor, record_type, pool, day=_day(request), after=request.GET.get("after", "")[:80])
    return settings_page(request, "ownership/tonight.html", "pool-settings", pool=pool, night=night, type=record_type)


@page(f"{ROUTE}/touched", name="pool-touched", methods=["POST"], needs=MANAGE)
def touched(request: PageRequest) -> HttpResponse:
    """Whom the rules as they stand in the form would touch (P5), before they are saved: of some thousands of records
    after each change, of all when that is asked for."""
    number, whole = request.GET.get("pool", ""), bool(request.GET.get("whole"))
    pool = pool_named(request.actor.stamp, int(number)) if number.isdecimal() and len(number) < 18 else None
    try:
        given = (edit_pool if pool else create_pool).parse(request.actor, _raw(request, pool))
        made, rules = drafted(pool, given)
        found = touched_by(request.actor, RECORD_TYPES[made.record_type], made, rules, whole=whole)
    except (Refused, FieldError):
        found = None
    return fragment(request, "ownership/touched.html", found=found, pool=pool, whole=whole, most=CAP)


def _day(request: PageRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None


@page(f"{ROUTE}/<int:pool_id>/<str:move>", name="pool-move", methods=["POST"], needs=MANAGE)
def moved_pool(request: PageRequest, pool_id: int, move: str) -> HttpResponse:
    """Switch a pool on or off, or delete it while nothing ever lay in it."""
    return moved(request, MOVED, PLACE, pool_id, move)


def _wanted(sent: QueryDict) -> RecordType:
    known = {declared.key: declared for declared in pooled_types()}
    return known.get(sent.get("record_type", "")) or next(iter(known.values()))


def _stored(pool: Pool) -> dict[str, Any]:
    values: dict[str, Any] = {name: str(pool.claims.get(name) or 0) for name in NUMBERS}
    values |= {"name": pool.name, "kind": pool.kind, "priority": str(pool.priority), "joined_by": pool.joined_by}
    chosen = {"members": "people", "departments": "departments", "roles": "roles"}
    values |= {name: [str(each) for each in pool.members.get(key, ())] for name, key in chosen.items()}
    values["admins"] = [str(each) for each in pool.admins.get("people", ())]
    values |= {"everybody": _on(pool.members.get("everybody")), "notify_admins": _on(pool.notify_admins)}
    values |= {"clears_team": _on(pool.entering.get("clears_team", True)), "recycles": _on(pool.recycles)}
    values["protect_own"] = _on(pool.claims.get("protect_own", True))
    values["held_spares_dealt"] = _on(pool.claims.get("held_spares_dealt", True))
    values["held_apart"] = _on(pool.claims.get("held_apart"))
    values["remind_days"] = ",".join(str(day) for day in pool.remind_days)
    values["assignee"] = str(pool.entering.get("assignee") or "")
    values["hidden"] = pool.hidden
    keys = ("reason", "days", "field", "options", "spares_dealt", "spares_open", "enabled")
    values["rules"] = [{key: getattr(rule, key) for key in keys} for rule in pool.recyclings.order_by("id")]
    return values


def _sent(post: QueryDict) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: post.get(name, "") for name in (*NUMBERS, "name", "kind", "joined_by", "remind_days", "assignee")
    }
    values |= {name: post.getlist(name) for name in SEVERAL} | {name: post.get(name, "") for name in SWITCHES}
    marked = {name.removeprefix("hide."): value for name, value in post.items() if name.startswith("hide.") and value}
    return values | {"hidden": marked, "rules": _rules(post)}


def _rules(sent: QueryDict) -> list[dict[str, Any]]:
    """The lines of the form, in its order: `r3.reason`, `r3.days`, `r3.field`, `r3.options`, `r3.spares`, `r3.open`; of
    a rule that was switched off `r3.off`, with `r3.on` where it is to count again."""
    numbers = [name[1:].partition(".")[0] for name in sent if name.startswith("r") and name.endswith(".reason")]
    return [
        {
            "reason": sent.get(f"r{n}.reason", ""),
            "days": sent.get(f"r{n}.days", ""),
            "field": sent.get(f"r{n}.field", ""),
            "options": sent.getlist(f"r{n}.options"),
            "spares_dealt": bool(sent.get(f"r{n}.spares")),
            "spares_open": bool(sent.get(f"r{n}.open")),
            "enabled": not sent.get(f"r{n}.off") or bool(sent.get(f"r{n}.on")),
        }
        for n in dict.fromkeys(numbers)
    ]


def _save(request: PageRequest, pool: Pool | None) -> HttpResponse:
    sent, raw = _sent(request.POST), _raw(request, pool)
    seen = request.POST.get("version", "")
    try:
        if pool is None:
            create_pool.run(request.actor, None, raw)
        else:
            edit_pool.run(request.actor, pool.pk, raw, version=number_in(seen))
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return _form(request, pool, sent, refusal)
    return go(request, PLACE, _("公海「%s」已保存；掉入时间正在后台重新计算") % sent["name"])


def _raw(request: PageRequest, pool: Pool | None) -> dict[str, Any]:
    """The form as the actions take it."""
    sent = _sent(request.POST)
    raw = {name: value for name, value in sent.items() if name not in ("rules", "hidden")}
    raw |= {"recyclings": json.dumps(sent["rules"]), "hidden": json.dumps(sent["hidden"])}
    return raw if pool else raw | {"record_type": _wanted(request.POST).key}


def _form(
    request: PageRequest, pool: Pool | None, sent: Mapping[str, Any], refusal: Refused | None = None
) -> HttpResponse:
    record_type = RECORD_TYPES[pool.record_type] if pool else _wanted(request.POST or request.GET)
    stale = isinstance(refusal, Stale)
    seen = "" if stale else request.POST.get("version", "")
    org = organisation(request.actor)
    names: dict[str, Mapping[int, Any]] = {"members": org.people, "admins": org.people, "departments": org.departments}
    chosen = {
        key: [(i, rows[int(i)].name) for i in sent.get(key, ()) if i.isdecimal() and len(i) < 19 and int(i) in rows]
        for key, rows in names.items()
    }
    return settings_page(
        request, "ownership/pool_form.html", "pool-settings", status=refusal.status if refusal else 200, pool=pool,
        sent=sent, chosen=chosen, refusal=refusal, errors=refusal.errors if refusal else {}, type=record_type,
        types=[(declared.key, str(declared.many)) for declared in pooled_types()],
        roles=[(role.id, role.name) for role in org.roles.values()],
        kinds=[(kind.value, str(kind.label)) for kind in PoolKind], assignee=_name(org, sent.get("assignee", "")),
        stale=stale, version=seen or (pool.version if pool else ""), **_offered(request, record_type),
    )  # fmt: skip


def _name(org: Organisation, member: str) -> str:
    person = org.people.get(int(member)) if member.isdecimal() and len(member) < 19 else None
    return person.name if person else ""


def _offered(request: PageRequest, record_type: RecordType) -> dict[str, Any]:
    """What the lines of rules and the table of hidden fields choose from."""
    stamp = request.actor.stamp
    whole = in_force(record_type, stamp)
    splitting = [f for f in whole.fields if isinstance(f, Choice) and f.kind == "choice"]
    hidable = (f for f in whole.fields if can_be_limited(whole, f.key) and f.section != SECTION)
    hiding = [(f.key, str(f.label), can_be_masked(f)) for f in hidable]
    options = {
        f.key: [(key, str(option.label)) for key, option in options_of(f.options, stamp).items() if not option.retired]
        for f in splitting
    }
    return {
        "reasons": [(c.key, str(c.label)) for c in CONDITIONS.values() if reads(record_type.model, c)],
        "sparing": business_of(record_type.model) is not None,
        "splitting": [("", _("全部")), *((f.key, str(f.label)) for f in splitting)],
        "options": options,
        "hiding": hiding,
    }


def _on(value: Any) -> str:
    return "on" if value else ""
