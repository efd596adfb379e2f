"""Measures nights of recycling (B4, P8) over the million: 20 pools with 200 rules; what is due is worked out for every
customer and falls, then the moments that are kept for lists are set right. CPU of Python and of PostgreSQL, wall time,
memory.

    python -m bench.recycling [records that fall] [--nights 3]

In the first night all rules are new: every kept moment is wrong, and setting them right (in the background, nothing
waits for it) rewrites a million rows. Before each further night some thousand customers were followed up without their
moments having been kept, and so many records are due. What falls takes its contacts, follow-ups and plans along.

Works on a copy of the folder with 1,000,000 customers, var/bench/recycling, made when it is not there: what falls is
written for good, so each night of the copy is another one.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from bench.data import copied_data

RESULT = Path(__file__).parent / "results" / "recycling.json"
POOLS, RULES = 20, 10
FOLLOWED = 10_000
LEVELS = (("level", ["A"]), ("level", ["B"]), ("level", ["C"]), ("", []))
SOURCES = (("source", ["website"]), ("source", ["exhibition"]), ("source", ["referral"]), ("", []))


def main() -> int:
    """Make pools and rules, then let nights pass; print what each took."""
    options = argparse.ArgumentParser(prog="python -m bench.recycling", description=__doc__)
    options.add_argument("falling", type=int, nargs="?", default=20_000)
    options.add_argument("--nights", type=int, default=3)
    options.add_argument("--same-rules", action="store_true", help="leave out the night after a change of all rules")
    options.add_argument("--stretches", type=int, default=0, help="set right only so many stretches of 50,000 rows")
    asked = options.parse_args()
    with copied_data():
        found = {}
        if not asked.same_rules:
            found["all rules new"] = _night(_pools(asked.falling), asked.stretches)
        for number in range(1, asked.nights):
            _follow_up(number)
            found[f"usual night {number}"] = _night(_moment(asked.falling), asked.stretches)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    RESULT.write_text(json.dumps({**kept, **found}, ensure_ascii=False, indent=1) + "\n")
    return 0


def _night(moment: datetime, stretches: int) -> dict[str, Any]:
    from bench.measuring import backend, loop, own_memory, timed
    from genjin.customers.models import Customer
    from genjin.customers.record import CUSTOMER
    from genjin.kernel.actor import system
    from genjin.ownership.jobs.clocks import CHUNK, restate
    from genjin.ownership.jobs.nights import GRANTS, Fallen, fall
    from genjin.ownership.queries.falling import misclocked
    from genjin.ownership.queries.falling import stretches as stretches_of

    actor, fallen, loops = system(*GRANTS), Fallen(), [loop() for _n in range(5)]
    load = os.getloadavg()[0]
    with timed() as falls:
        for _step in fall(actor, CUSTOMER, moment, fallen):
            pass
    with timed() as clocks:
        clocks["rows"] = 0
        for _done in islice(restate(actor), stretches or None):
            clocks["rows"] += CHUNK
    with timed() as again:
        for _step in fall(actor, CUSTOMER, moment, Fallen()):
            pass
        for stretch in stretches_of(CUSTOMER, CHUNK):
            misclocked(CUSTOMER, stretch)
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        "customers": Customer.objects.count(),
        "fallen": fallen.count,
        "failed": len(fallen.failed),
        "load": [round(load, 1), round(os.getloadavg()[0], 1)],
        "loop_ms": [round(min(loops), 2), round(min(loop() for _n in range(5)), 2)],
        "falls": falls,
        "kept_moments_set_right": clocks,
        "again_with_nothing_to_do": again,
        "python_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "postgres_mb": own_memory(backend()),
    }


def _follow_up(number: int) -> None:
    """Some customers were followed up, and nobody kept their moments."""
    _execute(
        "UPDATE customers_customer SET last_followed_at = now() - interval '1 hour' WHERE id IN (SELECT id FROM"
        f" customers_customer WHERE falls_at IS NOT NULL AND id % 71 = {number % 71} LIMIT {FOLLOWED})"
    )


def _moment(falling: int) -> datetime:
    """By when so many fall."""
    from genjin.customers.models import Customer

    falls = Customer.objects.exclude(falls_at=None).order_by("falls_at").values_list("falls_at", flat=True)
    found: datetime = falls[falling]
    return found


def _pools(falling: int) -> datetime:
    """Twenty pools, one for each office, with ten rules each, such that about so many records are due now."""
    from django.db import connection, transaction
    from django.utils import timezone

    from genjin.kernel.codes_store import new_ids
    from genjin.kernel.stamps import bump_stamp
    from genjin.org.models import Department
    from genjin.ownership.models import Pool, PoolKind, Recycling

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_disc(%s) WITHIN GROUP (ORDER BY GREATEST(owner_since, last_followed_at))"
            " FROM customers_customer WHERE owner_id IS NOT NULL AND life = 0",
            [falling / 1_000_000],
        )
        oldest = cursor.fetchone()[0]
    days = max((timezone.now() - oldest).days, 1)
    offices = Department.objects.filter(name__startswith="办事处").order_by("pk")[:POOLS]
    with transaction.atomic():
        Recycling.objects.all().delete()
        for place, office in enumerate(offices):
            pool = Pool.objects.filter(name=f"公海{place}").first() or Pool(
                id=new_ids(1)[0], record_type="customer", name=f"公海{place}", kind=PoolKind.OPEN
            )
            pool.members, pool.recycles, pool.joined_by = {"departments": [office.pk]}, True, "any"
            pool.save()
            spread = [("no_followup", *kind, days + 3 * n) for n, kind in enumerate(LEVELS)]
            spread += [("no_followup", *kind, days + 2 + n) for n, kind in enumerate(SOURCES[:3])]
            spread += [("no_deal", *kind, 3_000 + n) for n, kind in enumerate(SOURCES[:2])]
            spread += [("unprotected", "", [], 3_500)]
            for reason, field, chosen, span in spread[:RULES]:
                Recycling(id=new_ids(1)[0], pool=pool, reason=reason, field=field, options=chosen, days=span).save(
                    force_insert=True
                )
        bump_stamp()
    return timezone.now() + timedelta(seconds=1)


def _execute(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


if __name__ == "__main__":
    sys.exit(main())
