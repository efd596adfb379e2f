"""Measures a night of recycling (B4, P8) over the million: 20 pools with 200 rules, every moment worked out anew, then
what is due falls. CPU of Python and of PostgreSQL, wall time, memory.

    python -m bench.recycling [records that fall] [--nights 2]

Works on a copy of the folder with 1,000,000 customers, var/bench/recycling, made when it is not there: what falls is
written for good, so each night of the copy is another one. A record falls with its contacts, follow-ups and plans.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULT = Path(__file__).parent / "results" / "recycling.json"
POOLS, RULES = 20, 10
LEVELS = (("level", ["A"]), ("level", ["B"]), ("level", ["C"]), ("", []))
SOURCES = (("source", ["website"]), ("source", ["exhibition"]), ("source", ["referral"]), ("", []))


def main() -> int:
    """Make pools and rules, then let nights pass; print what each took."""
    options = argparse.ArgumentParser(prog="python -m bench.recycling", description=__doc__)
    options.add_argument("falling", type=int, nargs="?", default=20_000)
    options.add_argument("--nights", type=int, default=2)
    asked = options.parse_args()
    with _data():
        found = [_night(asked.falling, number) for number in range(asked.nights)]
    print(json.dumps(found, ensure_ascii=False, indent=1))
    RESULT.write_text(json.dumps({"nights": found}, ensure_ascii=False, indent=1) + "\n")
    return 0


@contextmanager
def _data() -> Iterator[None]:
    from genjin.kernel import postgres

    base = Path(os.environ.get("GENJIN_BENCH") or ROOT / "var" / "bench")
    data = base / "recycling"
    if not data.exists():
        shutil.copytree(base / "1000000", data, symlinks=True)
    os.environ |= {"GENJIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "genjin.settings"}
    os.environ.setdefault("GENJIN_LOG_LEVEL", "WARNING")
    server = postgres.start(data)
    try:
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", interactive=False, verbosity=1, skip_checks=True)
        yield
        connection.close()
        connection.close_pool()
    finally:
        server.stop()


def _night(falling: int, number: int) -> dict[str, Any]:
    from bench.measuring import loop
    from genjin.customers.models import Customer
    from genjin.customers.record import CUSTOMER
    from genjin.kernel.actor import system
    from genjin.ownership.jobs.clocks import restate
    from genjin.ownership.jobs.nights import GRANTS, Fallen, fall

    moment = _pools(falling)
    actor, fallen, loops = system(*GRANTS), Fallen(), loop()
    with _timed() as clocks:
        for _done in restate(actor):
            pass
    due = Customer.objects.filter(falls_at__lte=moment).count()
    with _timed() as falls:
        for _step in fall(actor, CUSTOMER, moment, fallen):
            pass
    with _timed() as again:
        for _done in restate(actor):
            pass
        for _step in fall(actor, CUSTOMER, moment, Fallen()):
            pass
    return {
        "night": number + 1,
        "customers": Customer.objects.count(),
        "clocked": Customer.objects.exclude(falls_at=None).count(),
        "due": due,
        "fallen": fallen.count,
        "failed": len(fallen.failed),
        "loop_ms": round(loops * 1000, 2) if loops < 1 else round(loops, 2),
        "clocks": clocks,
        "falls": falls,
        "again_with_nothing_to_do": again,
        "python_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "postgres_peak_mb": _peak(),
    }


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
    now = timezone.now()
    days = max((now - oldest).days, 1)
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
    return now + timedelta(seconds=1)


@contextmanager
def _timed() -> Iterator[dict[str, float]]:
    from bench.measuring import backend, backend_cpu

    taken: dict[str, float] = {}
    pid = backend()
    before = (time.perf_counter(), time.process_time(), backend_cpu(pid))
    yield taken
    taken["seconds"] = round(time.perf_counter() - before[0], 2)
    taken["python_cpu"] = round(time.process_time() - before[1], 2)
    taken["postgres_cpu"] = round(backend_cpu(pid) - before[2], 2)


def _peak() -> int:
    """The most memory of its own that the database's process had, without what it shares."""
    from bench.measuring import backend

    lines = Path(f"/proc/{backend()}/status").read_text().splitlines()
    anon = next((line for line in lines if line.startswith("RssAnon")), "0 0")
    return round(int(anon.split()[1]) / 1024)


if __name__ == "__main__":
    sys.exit(main())
