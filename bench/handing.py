"""Measures handing over 10,000 customers with all that belongs to them (B16) among a million: the preview, the run,
killed with signal 9 on its way and gone on with, then taken back. CPU of Python and of PostgreSQL, wall time, memory.

    python -m bench.handing [customers]

Works on the copy of the million (`bench.data.copied_data`): so many customers are given to one salesperson, handed over
to three others and taken back again.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bench.cast import Cast
from bench.data import copied_data

RESULT = Path(__file__).parent / "results" / "handing.json"
BELOW = ("customers_contact", "followups_followup", "plans_plan")
LEAVER, RECEIVERS = 300, (301, 302, 303)


def main() -> int:
    """Furnish the leaver, hand over, take back; print what each took."""
    options = argparse.ArgumentParser(prog="python -m bench.handing", description=__doc__)
    options.add_argument("customers", type=int, nargs="?", default=10_000)
    asked = options.parse_args()
    with copied_data() as data:
        found = _measured(Cast.read(data / "cast.json"), asked.customers)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0


def _measured(cast: Cast, customers: int) -> dict[str, Any]:
    from bench.measuring import backend, loop, own_memory, timed
    from genjin.handover import work
    from genjin.handover.actions import arrange, prepare_handover
    from genjin.handover.arrangement import Arrangement
    from genjin.handover.queries import handover_for, preview
    from genjin.handover.receivers import written
    from genjin.handover.rules import Kind, State
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    leaver = cast.owners[LEAVER][0]
    _furnish(leaver, cast.owners[LEAVER][1], customers)
    actor = actor_for(cast.administrator, Surface.WEB)
    assert actor is not None
    found: dict[str, Any] = {"loop_ms": round(loop(), 2), "has": _held(leaver)}
    row = prepare_handover(actor, leaver=leaver, kind=Kind.MOVE, reason="压测")
    everybody = tuple(written("member", cast.owners[place][0]) for place in RECEIVERS)
    row = arrange(actor, row.pk, arrangement=Arrangement(everything=everybody).to_json())
    with timed() as found["preview"]:
        preview(actor, row)
    row = work.running.begin_handover(actor, row.pk, waiting=True)
    found["killed"] = _killed(cast.administrator, row.pk)
    with timed() as found["gone on to the end"]:
        row = work.run(actor, handover_for(actor, row.pk))
    assert row.state == State.DONE, row.state
    found["left"] = _held(leaver)
    work.undoing.undo_handover(actor, row.pk, waiting=True)
    with timed() as found["taken back"]:
        row = work.run(actor, handover_for(actor, row.pk))
    assert row.state == State.UNDONE, row.state
    found["has again"] = _held(leaver)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found |= {"python_peak_mb": round(peak / 1024), "postgres_mb": own_memory(backend())}
    return found | {"loop_ms_after": round(loop(), 2)}


def _killed(member_id: int, handover_id: int) -> dict[str, Any]:
    """Let another process work and kill it when a third is done."""
    from django.db import connection

    from genjin.handover import work
    from genjin.handover.models import Handover
    from genjin.handover.queries import handover_for
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    connection.close()
    connection.close_pool()
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        actor = actor_for(member_id, Surface.JOB)
        assert actor is not None
        work.run(actor, handover_for(actor, handover_id))
        os._exit(0)
    while True:
        row = Handover.objects.get(pk=handover_id)
        if row.done * 3 > row.total > 1_000:
            break
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    _pid, _code, usage = os.wait4(child, 0)
    row = Handover.objects.get(pk=handover_id)
    return {
        "seconds": round(time.perf_counter() - started, 2),
        "python_cpu": round(usage.ru_utime + usage.ru_stime, 2),
        "python_peak_mb": round(usage.ru_maxrss / 1024),
        "done": row.done,
        "total": row.total,
    }


def _held(member_id: int) -> dict[str, int]:
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for table in ("customers_customer", *BELOW):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE owner_id = %s", [member_id])
            found[table] = int(cursor.fetchone()[0])
    return found


def _furnish(leaver: int, department: int, customers: int) -> None:
    """Give the leaver so many live customers with what belongs to them, written without the actions."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(id) FROM (SELECT id FROM customers_customer WHERE life = 0 AND pool_id IS NULL"
            " ORDER BY owner_id = %s DESC NULLS LAST, id DESC LIMIT %s) AS chosen",
            [leaver, customers],
        )
        ids = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE customers_customer SET owner_id = %s, department_id = %s WHERE id = ANY(%s) AND owner_id <> %s",
            [leaver, department, ids, leaver],
        )
        cursor.execute(
            "UPDATE ownership_period SET owner_id = %s, department_id = %s WHERE record_id = ANY(%s) AND until IS NULL",
            [leaver, department, ids],
        )
        for table in BELOW:
            cursor.execute(
                f"UPDATE {table} SET owner_id = %s, department_id = %s WHERE customer_id = ANY(%s) AND owner_id <> %s",
                [leaver, department, ids, leaver],
            )


if __name__ == "__main__":
    sys.exit(main())
