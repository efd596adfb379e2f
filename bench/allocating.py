"""Measures allocation by fit (B20, S2-42) at a million customers: adding up the past of 200 salespeople, giving
one record, giving 1,000 records at once, the assignment alone. Nothing that is given stays.

    python -m bench.allocating [records] [--times 20]

Works on the copy of the million (`bench.data.copied_data`); one in a hundred of its older customers has a deal.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.cast import Cast
from bench.data import copied_data

RESULT = Path(__file__).parent / "results" / "allocating.json"
NAME, SEATS = "压测匹配度", 200


def main() -> int:
    """Make the scheme, then measure; print what each took."""
    options = argparse.ArgumentParser(prog="python -m bench.allocating", description=__doc__)
    options.add_argument("records", type=int, nargs="?", default=1_000)
    options.add_argument("--times", type=int, default=20)
    asked = options.parse_args()
    with copied_data() as data:
        found = _measured(Cast.read(data / "cast.json"), asked.records, asked.times)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0


def _measured(cast: Cast, records: int, times: int) -> dict[str, Any]:
    from bench.measuring import counting, loop, measure, timed
    from genjin.allocation.actions.allocating import ALLOCATE
    from genjin.allocation.actions.learning import learn
    from genjin.allocation.grants import PLACE
    from genjin.allocation.models import Past
    from genjin.kernel.actor import Surface, system
    from genjin.org.queries import actor_for

    actor = actor_for(cast.administrator, Surface.WEB)
    assert actor is not None
    scheme = _scheme(cast, actor)
    verb, ids = ALLOCATE["customer"], _ids(records)
    found: dict[str, Any] = {"loop_ms": round(loop(), 2), "seats": SEATS, "records": len(ids)}
    Past.objects.filter(scheme=scheme).delete()
    named = {"scheme": str(scheme.pk)}
    with _undone():
        scheme.refresh_from_db()
        found["one, the past not kept"] = asdict(measure(lambda n: verb.run(actor, ids[n], named), times=3, warm=0))
    with timed() as found["adding up the past"]:
        found["cells"] = learn(system(PLACE), scheme=scheme.pk)
    with _undone():
        found["one"] = asdict(measure(lambda n: verb.run(actor, ids[n], named), times=times))
    with _undone(), counting() as counted, timed() as found["many at once"]:
        outcome = verb.run_many(actor, ids, named)
    found["many at once"] |= {"done": len(outcome.done), "refused": len(outcome.refused), "queries": counted[0]}
    with timed() as found["assignment alone"]:
        _solved(actor, scheme, ids)
    found["python_peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return found | {"loop_ms_after": round(loop(), 2)}


def _solved(actor: Any, scheme: Any, ids: list[int]) -> None:
    from genjin.allocation.queries import chooser_of, round_copy
    from genjin.customers.models import Customer

    chooser = chooser_of(actor, scheme, round_copy(scheme), actor.now())
    chooser.plan(list(Customer.objects.filter(pk__in=ids)))
    assert len(chooser.planned) == len(ids), len(chooser.planned)


@contextmanager
def _undone() -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _ids(count: int) -> list[int]:
    """Customers of people who sit in no scheme."""
    from genjin.customers.models import Customer

    rows = Customer.objects.filter(life=0, owner__isnull=False, pool=None, industry__gt="", region__gt="")
    return list(rows.order_by("-id").values_list("pk", flat=True)[:count])


def _scheme(cast: Cast, actor: Any) -> Any:
    """A scheme by fit of 200 salespeople, and deals from which something can be learnt."""
    from django.db import connection

    from genjin.allocation.actions.schemes import declare_scheme
    from genjin.allocation.models import Scheme

    known = Scheme.objects.filter(name=NAME).first()
    if known is not None:
        return known
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET deal_date = (created_at + interval '60 days')::date"
            " WHERE id % 100 = 2 AND life < 2 AND created_at < now() - interval '90 days'"
        )
        cursor.execute("ANALYZE customers_customer")
    seats = [{"member": member} for member, _department in cast.owners[100 : 100 + SEATS]]
    return declare_scheme(actor, name=NAME, record_type="customer", mode="fit", seats=seats, least=30)


if __name__ == "__main__":
    sys.exit(main())
