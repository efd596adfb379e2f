"""Measures merging two customers of different owners with 1,000 children each, and taking it back: CPU of Python and of
PostgreSQL, statements, wall time.

    python -m bench.merging [children] [times] [--million]

The children: 300 contacts, 400 follow-ups, 200 plans and 100 comments of a thousand. All but the comments change their
owner; each gets its link in the event, those with owners a period in the ledger of ownership. The data folder is kept
under var/bench/merging; `--million`: beside a million customers with all that belongs to them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.data import copied_data

ROOT = Path(__file__).resolve().parent.parent
RESULT = Path(__file__).parent / "results" / "merging.json"
SHARES = {"contacts": 0.3, "followups": 0.4, "plans": 0.2, "comments": 0.1}


def main() -> int:
    """Make the children, merge and take back in turn, print what one of each took."""
    options = argparse.ArgumentParser(prog="python -m bench.merging", description=__doc__)
    options.add_argument("children", type=int, nargs="?", default=1_000)
    options.add_argument("times", type=int, nargs="?", default=10)
    options.add_argument("--million", action="store_true")
    asked = options.parse_args()
    with copied_data() if asked.million else _data():
        found = _measure(asked.children, asked.times)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    key = f"{asked.children}{', beside a million' if asked.million else ''}"
    RESULT.write_text(json.dumps({**kept, key: found}, ensure_ascii=False, indent=1))
    return 0


@contextmanager
def _data() -> Iterator[None]:
    from genjin.kernel import postgres

    data = Path(os.environ.get("GENJIN_BENCH") or ROOT / "var" / "bench") / "merging"
    data.mkdir(parents=True, exist_ok=True)
    os.environ |= {"GENJIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "genjin.settings"}
    os.environ.setdefault("GENJIN_LOG_LEVEL", "WARNING")
    server = postgres.start(data)
    try:
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection, transaction

        from genjin.org.models import Member

        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        if not Member.objects.exists():
            from bench.organisation import make_organisation

            with transaction.atomic():
                make_organisation().write(data / "cast.json")
        yield
        connection.close()
        connection.close_pool()
    finally:
        server.stop()


def _measure(children: int, times: int) -> dict[str, Any]:
    from bench.cast import Cast
    from bench.measuring import loop, measure
    from genjin.kernel.actions import ACTIONS
    from genjin.kernel.actor import Surface
    from genjin.merging.models import Merge
    from genjin.org.queries import actor_for

    cast = Cast.read(Path(os.environ["GENJIN_DATA"]) / "cast.json")
    actor = actor_for(cast.administrator, Surface.WEB)
    assert actor is not None
    one, two = (_customer(actor, owner, children) for owner in (cast.owners[0][0], cast.owners[-1][0]))

    def merge(_number: int) -> None:
        ACTIONS["customers.merge"].run(actor, one, {"others": [two], "reason": "bench"})

    def undo(_number: int) -> None:
        ACTIONS["customers.unmerge"].run(actor, one, {"merge": Merge.objects.latest("id").pk})

    found: dict[str, Any] = {"loop": round(loop(), 2)}
    merges, undos = [], []
    for _round in range(times):
        merges.append(measure(merge, times=1, warm=0))
        undos.append(measure(undo, times=1, warm=0))
    for name, runs in (("merge", merges), ("undo", undos)):
        middle = sorted(runs, key=lambda run: run.cpu)[len(runs) // 2]
        told = {key: round(getattr(middle, key)) for key in ("application", "database", "cpu", "calm", "queries")}
        walls = sorted(run.median for run in runs)
        found[name] = told | {"wall": round(walls[len(walls) // 2]), "longest": round(walls[-1])}
    return found | {"loop_after": round(loop(), 2), "runs": times}


def _customer(actor: Any, owner: int, children: int) -> int:
    """A customer with so many children; its id."""
    from genjin.kernel.actions import ACTIONS

    made = ACTIONS["customers.create"].run(actor, None, {"name": f"合并测试 {owner}", "duplicate_known": "1"})
    assert made.row_id is not None
    ACTIONS["customers.transfer"].run(actor, made.row_id, {"owner": str(owner)})
    ahead = (actor.now() + timedelta(days=3)).strftime("%Y-%m-%d 10:00")
    rows: dict[str, dict[str, Any]] = {
        "contacts": {"name": "联系人", "customer": str(made.row_id)},
        "followups": {"content": "谈了交期和价格，对方要一份报价", "customer": str(made.row_id), "late_reason": "补录"},
        "plans": {"content": "回访", "customer": str(made.row_id), "starts_at": ahead},
        "comments": {"record_type": "customer", "record_id": str(made.row_id), "words": "留意付款"},
    }
    for plural, raw in rows.items():
        verb = ACTIONS[f"{plural}.{'write' if plural == 'comments' else 'create'}"]
        if "duplicate_known" in {known.key for known in verb.inputs(actor)}:
            raw["duplicate_known"] = "1"
        numbered = ((number, raw) for number in range(round(children * SHARES[plural])))
        outcome = verb.run_rows(actor, numbered)
        assert not outcome.refused, outcome.refused[0][1]
    return made.row_id


if __name__ == "__main__":
    sys.exit(main())
