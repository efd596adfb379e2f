"""The one expression of when a record falls against the same rules in Python, over random rules and rows (P5, P6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genjin.customers.models import Customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actor import system
from genjin.kernel.codes_store import new_ids
from genjin.kernel.models.rows import Life
from genjin.kernel.stamps import bump_stamp
from genjin.ownership.actions.recycling import set_clocks
from genjin.ownership.jobs.clocks import CLOCK
from genjin.ownership.models import Pool, Recycling
from genjin.ownership.queries.falling import still_due
from genjin.ownership.tests.pool_worlds import make_pool
from genjin.testing.cast import Cast

pytestmark = pytest.mark.slow(about=30)
GIVEN = (
    "home", "owner", "owner_since", "last_followed_at", "deal_date", "protected_until", "locked", "life", "level",
    "source", "tags",
)  # fmt: skip
START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NEVER = datetime.max.replace(tzinfo=UTC)
CHOSEN: tuple[tuple[str, list[str]], ...] = (
    ("", []), ("", []), ("level", ["A"]), ("level", ["B", "C"]), ("source", ["web"]), ("tags", ["x", "y"]),
)  # fmt: skip

moments = st.integers(0, 400).map(lambda hours: START + timedelta(hours=hours))
rules = st.fixed_dictionaries(
    {
        "reason": st.sampled_from(("no_followup", "no_deal", "unprotected")),
        "days": st.integers(1, 20),
        "given": st.sampled_from(CHOSEN),
        "spares_dealt": st.booleans(),
        "enabled": st.sampled_from((True, True, True, False)),
    }
)
pools = st.fixed_dictionaries(
    {
        "priority": st.integers(1, 3),
        "joined_by": st.sampled_from(("any", "all")),
        "recycles": st.sampled_from((True, True, False)),
        "enabled": st.sampled_from((True, True, True, False)),
        "claims": st.sampled_from(
            (
                {},
                {},
                {"protect_days": 6},
                {"protect_days": 4, "protect_most_days": 9},
                {"protect_days": 6, "protect_own": False},
            )
        ),
        "everybody": st.booleans(),
        "rules": st.lists(rules, max_size=6),
    }
)
rows = st.fixed_dictionaries(
    {
        "owner_since": st.none() | moments,
        "last_followed_at": st.none() | moments,
        "deal_date": st.sampled_from((None, None, date(2026, 3, 2))),
        "protected_until": st.none() | moments,
        "locked": st.sampled_from((False, False, False, True)),
        "life": st.sampled_from((Life.LIVE, Life.LIVE, Life.LIVE, Life.ARCHIVED)),
        "level": st.sampled_from(("", "A", "B")),
        "source": st.sampled_from(("", "web")),
        "tags": st.lists(st.sampled_from(("x", "z")), max_size=2, unique=True),
        "home": st.none() | st.integers(0, 2),
        "owned": st.sampled_from((True, True, True, False)),
    }
)


def unsaved(pool: Pool, given: list[dict[str, Any]]) -> list[Recycling]:
    """The rules of a pool."""
    return [
        Recycling(
            id=number, pool=pool, reason=one["reason"], days=one["days"], field=one["given"][0],
            options=one["given"][1], spares_dealt=one["spares_dealt"], enabled=one["enabled"],
        )
        for number, one in zip(new_ids(len(given)), given, strict=True)
    ]  # fmt: skip


def falls(row: Customer, made: list[tuple[Pool, list[Recycling]]]) -> tuple[datetime | None, int | None]:
    """When a row falls into which pool, said once more."""
    if row.owner_id is None or row.pool_id or row.locked or row.life != Life.LIVE:
        return None, None
    live = [(pool, [rule for rule in them if rule.enabled]) for pool, them in made if pool.enabled]
    home = next((each for each in live if each[0].pk == row.home_id), None)
    ordered = sorted(live, key=lambda each: (each[0].priority, -each[0].pk))
    taking = (
        each for each in ordered if each[0].recycles and each[1]
        and (each[0].members.get("everybody") or row.owner_id in each[0].members["people"])
    )  # fmt: skip
    chosen = home or next(taking, None)
    if chosen is None or not chosen[0].recycles or not chosen[1]:
        return None, None
    pool, them = chosen
    base = row.owner_since or row.created_at
    met: dict[str, datetime] = {}
    for rule in them:
        moment = at(rule, row, pool, base) if concerns(rule, row, them) else None
        if moment is not None:
            met[rule.reason] = min(met.get(rule.reason, NEVER), moment)
    joined = (min if pool.joined_by == "any" else max)(met.values(), default=NEVER)
    if joined == NEVER:
        return None, pool.pk
    ends = [row.protected_until, protected(pool, row, base)]
    return max([joined, *(end for end in ends if end)]), pool.pk


def concerns(rule: Recycling, row: Customer, them: list[Recycling]) -> bool:
    """Whether a rule is for a row: by its option, or because none of the same reason is by its option."""

    def holds(each: Recycling) -> bool:
        value: Any = getattr(row, each.field)
        return bool(set(value if isinstance(value, list) else [value]) & set(each.options))

    if rule.field:
        return holds(rule)
    return not any(holds(each) for each in them if each.field and each.reason == rule.reason)


def at(rule: Recycling, row: Customer, pool: Pool, base: datetime) -> datetime | None:
    """When a row meets a rule; None where it does not concern it."""
    if rule.spares_dealt and row.deal_date:
        return NEVER
    if rule.reason == "no_deal":
        return NEVER if row.deal_date else base + rule.days * DAY
    if rule.reason == "no_followup":
        return max(base, row.last_followed_at or base) + rule.days * DAY
    end = max(filter(None, [protected(pool, row, base), row.protected_until]), default=None)
    return end + rule.days * DAY if end else None


def protected(pool: Pool, row: Customer, base: datetime) -> datetime | None:
    """The end of the pool's protection period; None where it gives none."""
    first, most = pool.claims.get("protect_days", 0), pool.claims.get("protect_most_days", 0)
    own = row.owner_id == row.created_by_id and base <= row.created_at + timedelta(seconds=1)
    if not first or (own and not pool.claims.get("protect_own", True)):
        return None
    if not most:
        return base + int(first) * DAY
    return min(max(base, row.last_followed_at or base) + int(first) * DAY, base + int(most) * DAY)


def test_expression_says_what_the_model_says_for_any_rules_and_rows_B4_P5_P6(cast: Cast) -> None:
    made_rows = [make_customer(cast.actor("owner"), f"公司{n}") for n in range(12)]

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(pools, min_size=1, max_size=3), st.lists(rows, min_size=12, max_size=12))
    def agrees(wanted: list[dict[str, Any]], given_rows: list[dict[str, Any]]) -> None:
        Customer.objects.update(home=None)
        Recycling.objects.all().delete()
        Pool.objects.all().delete()
        made = []
        for number, one in enumerate(wanted):
            facts = {key: one[key] for key in ("priority", "joined_by", "recycles", "enabled", "claims")}
            members = () if one["everybody"] else (cast.owner.pk,) if number else (cast.stranger.pk,)
            pool = make_pool(f"公海{number}", *members, **facts)
            made.append((pool, Recycling.objects.bulk_create(unsaved(pool, one["rules"]))))
        bump_stamp()
        for row, one in zip(made_rows, given_rows, strict=True):
            row.home_id = made[one["home"]][0].pk if one["home"] is not None and one["home"] < len(made) else None
            row.owner_id = cast.owner.pk if one["owned"] else None
            for key, value in one.items():
                if key not in ("home", "owned"):
                    setattr(row, key, value)
        Customer.objects.bulk_update(made_rows, GIVEN)
        ids = [row.pk for row in made_rows]
        set_clocks(system(CLOCK), record_type=CUSTOMER, ids=ids)
        due = still_due(CUSTOMER, ids, timezone.now() + 3_000 * DAY)
        for row in Customer.objects.filter(pk__in=ids):
            moment, pool_id = falls(row, made)
            assert row.falls_at == moment, row.__dict__
            if moment is not None:
                assert due[row.pk][0] == pool_id
                assert due[row.pk][1]

    agrees()
