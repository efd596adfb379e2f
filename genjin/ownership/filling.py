"""What a form or a program says of a pool, put into the pool: for saving it, and for asking what it would mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    limits = ("daily_limit", "new_data_hours", "cooldown_hours", "views_daily", "protect_days")
    pool.claims = {name: int(given[name] or 0) for name in limits}
    pool.entering = {"clears_team": given["clears_team"]}


def drafted(pool: Pool | None, given: Mapping[str, Any]) -> tuple[Pool, list[Recycling]]:
    """The pool and its rules as these inputs say, nothing stored. A new one has no id yet."""
    made = Pool(pk=pool.pk, record_type=pool.record_type) if pool else Pool(record_type=given["record_type"])
    fill_pool(made, given)
    return made, [Recycling(pool=made, **rule) for rule in given["recyclings"]] if made.recycles else []
