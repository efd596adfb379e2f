"""A data folder of its own, var/bench/prospects: a copy of the one with 100,000 customers to which 1,000,000 leads and
500,000 opportunities come, with their ledger, stage history, follow-ups and totals. COPY from several processes without
indexes, then all indexes at once.

Not here: what they are like (`prospects_population`), what is measured on them (`prospects`).
"""

# ruff: noqa: E501 - tables of words and SQL read better unbroken
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.building import FAST, PROCESSES, _connection, _copying, _drop_indexes, _execute, _fetch, _say
from bench.cast import Cast

LEADS, OPPORTUNITIES, TALKS = 1_000_000, 500_000, 300_000
TABLES = (
    "leads_lead",
    "opportunities_opportunity",
    "opportunities_stay",
    "opportunities_closing",
    "ownership_period",
    "kernel_eventlink",
    "kernel_eventpayload",
)
TRIGGERED = "opportunities_opportunity"
STAGES = "ARRAY['contact','need','proposal','negotiation']"
POOLS = ("压测线索大公海", "线索公海·大区0", "线索公海·大区1", "线索公海·大区2")


@contextmanager
def prospects_data() -> Iterator[Path]:
    """The folder in use, made when it is not there. One per process: Django is set up once."""
    from bench.data import ROOT, _close_pool, _ready_assets, read_all
    from genjin.kernel import postgres

    base = Path(os.environ.get("GENJIN_BENCH") or ROOT / "var" / "bench")
    data = base / "prospects"
    if not (data / "prospects.json").exists():
        _begin(base / "100000", data)
    os.environ |= {"GENJIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "genjin.settings"}
    os.environ.setdefault("GENJIN_LOG_LEVEL", "WARNING")
    server = postgres.start(data)
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        if not (data / "prospects.json").exists():
            build(data)
            _close_pool()
            server.stop()
            (data / "pg" / "postgresql.auto.conf").write_text("")
            server = postgres.start(data)
        read_all(data)
        _ready_assets()
        yield data
        _close_pool()
    finally:
        server.stop()


def _begin(base: Path, data: Path) -> None:
    """A copy of the folder with 100,000 customers."""
    from bench.data import copy_folder

    if not (base / "built").exists():
        subprocess.run(
            [sys.executable, "-c", "from bench.data import bench_data\nwith bench_data(100_000): pass"], check=True
        )
    shutil.rmtree(data, ignore_errors=True)
    copy_folder(base, data)
    (data / "pg" / "postgresql.auto.conf").write_text(FAST)


def build(data: Path) -> None:
    """Fill the (migrated) database of the copy."""
    from django.utils import timezone

    started = time.monotonic()
    cast = Cast.read(data / "cast.json")
    day = timezone.now().replace(microsecond=0)
    _grants()
    around: dict[str, Any] = {"day": day.isoformat(), "pools": _pools(cast), **_reserve()}
    (data / "around.json").write_text(json.dumps(around))
    kept = _drop_indexes(TABLES)
    _execute(f"ALTER TABLE {TRIGGERED} DISABLE TRIGGER USER")
    _say("leads and opportunities", started)
    for what, total in (("leads", LEADS), ("opportunities", OPPORTUNITIES)):
        _copy_in_processes(data, what, total)
    _say("ledger, stage history, events", started)
    for statement in _rest():
        _execute(statement)
    _say("indexes", started)
    for statement in kept:
        _execute("SET maintenance_work_mem = '512MB'; " + statement)
    _execute(f"ALTER TABLE {TRIGGERED} ENABLE TRIGGER USER")
    _say("follow-ups, totals, analyze", started)
    _talks(int(around["first_talk"]))
    _totals()
    for table in (*TABLES, "followups_followup"):
        _execute(f"VACUUM ANALYZE {table}")
    (data / "prospects.json").write_text(json.dumps(around))
    _say("built", started)


def _grants() -> None:
    """The ready-made roles, and the two that are like the salesperson's, allow what they do in this version: leads and
    opportunities came after the folder was made."""
    from genjin.kernel.stamps import bump_stamp
    from genjin.org.grants import ready_grants
    from genjin.org.models import Role

    for role in Role.objects.all():
        role.grants = dict.fromkeys(ready_grants(role.key or "salesperson"), "") | role.grants
        role.save(update_fields=["grants"])
    bump_stamp()


def _pools(cast: Cast) -> list[int]:
    """The pool of everybody, administered by the head, and those of three regions."""
    from genjin.kernel.codes_store import new_ids
    from genjin.kernel.stamps import bump_stamp
    from genjin.org.models import Department
    from genjin.ownership.models import Pool, Recycling

    regions = list(Department.objects.filter(name__startswith="大区").order_by("pk").values_list("pk", flat=True))
    made = []
    for place, name in enumerate(POOLS):
        pool = Pool(id=new_ids(1)[0], record_type="lead", name=name, priority=900 - place, recycles=True)
        pool.members = {"departments": [regions[place - 1]]} if place else {"everybody": True}
        pool.admins = {"people": [cast.head]}
        pool.claims = {"daily_limit": 10, "cooldown_hours": 24, "new_data_hours": 0, "views_daily": 0}
        pool.hidden = {"mobile": "masked", "phone": "masked", "wechat": "hidden"}
        pool.save(force_insert=True)
        Recycling(id=new_ids(1)[0], pool=pool, reason="no_followup", days=180).save(force_insert=True)
        made.append(pool.pk)
    bump_stamp()
    return made


def _reserve() -> dict[str, int]:
    """The first ids of what is made."""
    first = int(_fetch("SELECT nextval('kernel_row_id')")[0]) + 1
    _execute(f"SELECT setval('kernel_row_id', {first + LEADS + OPPORTUNITIES + TALKS})")
    for key, total in (("lead", LEADS), ("opportunity", OPPORTUNITIES)):
        _execute(f"SELECT setval('kernel_code_{key}', {total + 1})")
    return {"first_lead": first, "first_opportunity": first + LEADS, "first_talk": first + LEADS + OPPORTUNITIES}


def _copy_in_processes(data: Path, what: str, total: int) -> None:
    """Each process makes and copies its part."""
    step = -(-total // PROCESSES)
    parts = [(n, min(n + step, total)) for n in range(0, total, step)]
    command = ["nice", "-n", "10", sys.executable, "-m", "bench.prospects_data", str(data), what]
    children = [subprocess.Popen([*command, str(start), str(end)]) for start, end in parts]
    codes = [child.wait() for child in children]
    if any(codes):
        raise SystemExit("copying failed")


def copy_part(data: Path, what: str, start: int, end: int) -> None:
    """COPY of some leads or opportunities."""
    from bench import prospects_population as population
    from genjin.leads.models import Lead
    from genjin.opportunities.models import Opportunity

    around = json.loads((data / "around.json").read_text())
    with _connection().cursor() as cursor:
        cursor.execute("SELECT id, owner_id, department_id FROM customers_customer WHERE life = 0 ORDER BY id")
        customers = cursor.fetchall()
    cohort = population.Cohort(
        owners=Cast.read(data / "cast.json").owners,
        customers=customers,
        pools=around["pools"],
        day=datetime.fromisoformat(around["day"]),
        first_id=around["first_lead" if what == "leads" else "first_opportunity"],
        total=LEADS if what == "leads" else OPPORTUNITIES,
    )
    rows = population.leads if what == "leads" else population.opportunities
    with _copying(_connection(), Lead if what == "leads" else Opportunity) as write:
        for row in rows(cohort, start, end):
            write(row)


def _rest() -> Iterator[str]:
    """A period in the ledger of each, stays and closings of opportunities, the event that made what is worked on."""
    yield (
        "INSERT INTO ownership_period (record_type, record_id, owner_id, department_id, pool_id, since, rule, reason, changed_by_id)"
        " SELECT 'lead', id, owner_id, department_id, pool_id, coalesce(pooled_at, owner_since, created_at),"
        " CASE WHEN pool_id IS NULL THEN 'created' ELSE 'returned' END, '', created_by_id FROM leads_lead"
    )
    yield (
        "INSERT INTO ownership_period (record_type, record_id, owner_id, department_id, since, rule, reason, changed_by_id)"
        " SELECT 'opportunity', id, owner_id, department_id, created_at, 'created', '', owner_id FROM opportunities_opportunity"
    )
    # as many stays as stages it came through, each as long as the others, the last one open unless it ended
    entered = "o.created_at + (o.stage_entered_at - o.created_at) * (place - 1) / greatest(o.last - 1, 1)"
    leaves = "o.created_at + (o.stage_entered_at - o.created_at) * place / greatest(o.last - 1, 1)"
    ended = "CASE WHEN o.outcome = 'open' THEN NULL ELSE greatest(o.closed_on + time '10:00', o.stage_entered_at) END"
    yield (
        f"WITH o AS (SELECT *, CASE WHEN stage = 'won' THEN 4 ELSE array_position({STAGES}, stage::text) END AS last FROM opportunities_opportunity)"
        " INSERT INTO opportunities_stay (opportunity_id, stage, entered_at, left_at, again, by_id)"
        f" SELECT o.id, ({STAGES})[place], {entered}, CASE WHEN place < o.last THEN {leaves} ELSE {ended} END, false, o.owner_id"
        " FROM o, generate_series(1, o.last) AS place ORDER BY o.id, place"
    )
    yield (
        'INSERT INTO opportunities_closing (opportunity_id, outcome, stage, reason, note, competitor, amount, probability, category, "on", at, by_id, owner_id)'
        " SELECT id, outcome, CASE WHEN stage = 'won' THEN 'negotiation' ELSE stage END, loss_reason, '', '', amount, 50, 'best', closed_on,"
        " closed_on + time '10:00', owner_id, owner_id FROM opportunities_opportunity WHERE outcome <> 'open'"
    )
    events = (LEADS + OPPORTUNITIES) // 500 + 1
    yield (
        "INSERT INTO kernel_event (at, member_id, surface, action, note, request_id) SELECT now(), NULL, 'import', 'leads.create', '{}', ''"
        f" FROM generate_series(1, {events})"
    )
    made = (
        "SELECT id, row_type, (SELECT max(id) FROM kernel_event) - (row_number() OVER (ORDER BY id) - 1) / 500 AS event_id, name FROM ("
        "SELECT id, 'lead' AS row_type, name FROM leads_lead WHERE state IN ('pending', 'following')"
        " UNION ALL SELECT id, 'opportunity', name FROM opportunities_opportunity) AS each"
    )
    yield f"INSERT INTO kernel_eventlink (row_id, event_id, row_type, row_version, digest) SELECT id, event_id, row_type, 1, '\\x00' FROM ({made}) AS made"
    yield (
        "INSERT INTO kernel_eventpayload (row_id, event_id, changes, salt) SELECT id, event_id,"
        f" jsonb_build_object('name', jsonb_build_array(null, name)), '\\x00' FROM ({made}) AS made"
    )


def _talks(first: int) -> None:
    """A follow-up of leads that are being followed, and of open opportunities."""
    from bench.followups import VALUES, literal
    from genjin.followups.models import FollowUp

    given = {"id": f"{first} + n", "version": "1", "code": "'GJ-L' || lpad(n::text, 8, '0')", "imported": "false"}
    given |= {name: f"c.{name}" for name in ("owner_id", "department_id", "lead_id", "opportunity_id", "customer_id")}
    given |= {
        "author_id": "c.owner_id",
        "created_by_id": "c.owner_id",
        "occurred_at": "now() - (n % 900000) * interval '1 minute'",
    }
    given |= {name: VALUES[name] for name in ("method", "content", "summary", "effective", "search")}
    fields = list(FollowUp._meta.concrete_fields)
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(given.get(field.attname) or literal(field) for field in fields)
    of = (
        "SELECT id AS lead_id, NULL::bigint AS opportunity_id, NULL::bigint AS customer_id, owner_id, department_id FROM leads_lead WHERE state = 'following'"
        " UNION ALL SELECT NULL, id, customer_id, owner_id, department_id FROM opportunities_opportunity WHERE outcome = 'open'"
    )
    _execute("ALTER TABLE followups_followup DISABLE TRIGGER USER")
    _execute(
        f"WITH c AS (SELECT *, row_number() OVER () - 1 AS n FROM ({of}) AS each LIMIT {TALKS})"
        f" INSERT INTO followups_followup ({names}) SELECT {values} FROM c"
    )
    _execute("ALTER TABLE followups_followup ENABLE TRIGGER USER")


def _totals() -> None:
    """Totals as the recount of a night makes them."""
    from bench.followups import make_totals
    from genjin.opportunities.totals.jobs import fold, mend, stays

    make_totals()
    mend()
    stays.mend()
    while fold() or stays.fold():
        pass
    for name in ("opentotal", "opensum", "opendelta", "staytotal", "staydelta"):
        _execute(f"VACUUM ANALYZE opportunities_{name}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genjin.settings")
    import django

    django.setup()
    copy_part(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
