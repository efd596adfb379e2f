"""What a form or a program says of a pool, put into the pool: for saving it, and for asking what it would mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from genjin.ownership.models import Pool, Recycling


def fill_pool(pool: Pool, given: Mapping[str, Any]) -> None:
    """Everything but its rules, from the inputs of `pools.create`."""
    for name in ("name", "kind", "priority", "hidden", "remind_days", "notify_admins", "recycles", "joined_by"):
        setattr(pool, name, given[name])
    pool.name = pool.name.strip()
    pool.priority = int(pool.priority or 0)
    circle = {"people": "members", "departments": "departments", "roles": "roles"}
    chosen = {key: sorted(given[name]) for key, name in circle.items()}
    pool.members = {"everybody": True} if given["everybody"] else chosen
    pool.admins = {"people": sorted(given["admins"])}
    limits = ("daily_limit", "new_data_hours", "cooldown_hours", "views_daily", "protect_days", "protect_most_days")
    since = pool.claims.get("protect_since") if pool.claims.get("protect_days") else None
    pool.claims = {name: int(given[name] or 0) for name in limits}
    if given.get("most_held"):  # P3
        pool.claims |= {"most_held": int(given["most_held"]), "held_spares_dealt": given["held_spares_dealt"]}
    if given.get("held_apart"):
        pool.claims["held_apart"] = True
    if pool.claims["protect_days"]:  # P6: what is owned already is protected from when the period is switched on
        pool.claims["protect_since"] = since or timezone.now().isoformat()
        pool.claims["protect_own"] = given["protect_own"]
    pool.entering = {"clears_team": given["clears_team"]}
    if given.get("assignee"):
        pool.entering["assignee"] = given["assignee"]


def drafted(pool: Pool | None, given: Mapping[str, Any]) -> tuple[Pool, list[Recycling]]:
    """The pool and its rules as these inputs say, nothing stored. A new one has no id yet."""
    made = Pool(record_type=pool.record_type if pool else given["record_type"])
    if pool:
        made.pk, made.claims, made.enabled = pool.pk, pool.claims, pool.enabled
    fill_pool(made, given)
    return made, [Recycling(pool=made, **rule) for rule in given["recyclings"]] if made.recycles else []
