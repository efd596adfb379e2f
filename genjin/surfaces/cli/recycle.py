"""`genjin recycle`: what would fall into which pool by a night, and why (B4 P5, P8); with `--run` what is due falls
now.

Whoever reaches this machine's terminal as its owner sees all pools. Exit codes: 0 fine, 1 refused, 3 some records could
not fall.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import TYPE_CHECKING

from genjin.kernel.words import _, terminal_language
from genjin.surfaces.cli.database import database

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor
    from genjin.ownership.models import Pool

FINE, REFUSED, SOME_FAILED = 0, 1, 3


def run(options: argparse.Namespace) -> int:
    """Tell, or do; see the codes above."""
    with database():
        from django.utils import translation  # slow

        from genjin.kernel.refusal import Refused  # slow: needs Django

        try:
            with translation.override(terminal_language()):
                return _run() if options.run else _tell(options)
        except Refused as refusal:
            print(f"genjin: {refusal.message}", file=sys.stderr)
            return REFUSED


def _tell(options: argparse.Namespace) -> int:
    """A dry run: nothing is written."""
    from genjin.kernel.records import RECORD_TYPES  # slow: needs Django
    from genjin.ownership.queries.falling import dry_run  # slow: needs Django

    actor, day = _looker(), _day(options.day)
    for pool in _pools(options.pool):
        record_type = RECORD_TYPES[pool.record_type]
        found = dry_run(actor, record_type, pool, day=day, most=max(1, options.most), cap=None)
        told = {"pool": pool.name, "type": record_type.many, "count": found.count, "day": found.day.isoformat()}
        print(_("%(pool)s（%(type)s）：到 %(day)s 02:00 为止会掉入 %(count)d 条") % told)
        for row in found.rows:
            facts = [f"{row.falls_at.astimezone(actor.zone):%Y-%m-%d %H:%M}", row.title, row.owner, row.why]
            print("  " + "\t".join(facts))
        if found.count > len(found.rows):
            print(_("  还有 %d 条没有列出") % (found.count - len(found.rows)))
    print(_("这是试算，没有写入；genjin recycle --run 立刻处理已到期的。"))
    return FINE


def _run() -> int:
    from django.utils import timezone  # slow: needs Django

    from genjin.kernel.jobs import run_here  # slow: needs Django
    from genjin.kernel.refusal import Refused  # slow: needs Django
    from genjin.ownership.jobs.nights import JOB  # slow: needs Django

    ended = run_here(JOB, moment=timezone.now().isoformat())
    if ended.state != ended.State.DONE:
        raise Refused("failed", ended.error or str(ended.State(ended.state).label))
    failed = ended.result.get("failed", [])
    print(_("已掉入公海 %d 条") % ended.result.get("fallen", 0))
    if failed:
        ids = ", ".join(map(str, failed))
        print(_("%(count)d 条没有掉入，下一夜再试：%(ids)s") % {"count": len(failed), "ids": ids})
    return SOME_FAILED if failed else FINE


def _looker() -> Actor:
    from genjin.kernel.actor import Surface, system  # slow: needs Django
    from genjin.ownership.grants import MANAGE  # slow: needs Django
    from genjin.ownership.standing import pooled_types  # slow: needs Django

    return system(MANAGE, *(each.grant("see") for each in pooled_types()), surface=Surface.CLI)


def _pools(name: str) -> list[Pool]:
    """The pools that are open, or the one of this name. Raises Refused("no_pool")."""
    from genjin.kernel.refusal import Refused  # slow: needs Django
    from genjin.kernel.stamps import current_stamp  # slow: needs Django
    from genjin.ownership.standing import pools_at  # slow: needs Django

    every = [pool for pool in pools_at(current_stamp()) if pool.enabled]
    found = [pool for pool in every if pool.name == name] if name else every
    if not found:
        words = _("没有启用的公海「%(name)s」；有：%(all)s") if name else _("还没有启用的公海")
        raise Refused("no_pool", words % {"name": name, "all": "、".join(pool.name for pool in every) or "—"})
    return found


def _day(text: str) -> date | None:
    from genjin.kernel.refusal import Refused  # slow: needs Django

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("bad_day", _("日期请写成 2026-12-01 这样")) from None
