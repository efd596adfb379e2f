"""Invents leads and opportunities by number: where they come from, who works on them, how far they came, what became of
them. Row n is the same in every run and process, but that its moments are told from `day`.

Writing them is done in `prospects_data`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from bench.population import CHOICES, CITIES, GIVEN, PLACES, POSITIONS, SURNAMES, company_name
from genjin.kernel import normal, search_text
from genjin.opportunities.defaults import default_pipe
from genjin.opportunities.rules import Category, month_end, stalls_on, weighted

AGE = 900  # days that leads reach back; opportunities reach back two years
TERM = 730
# what a lead has become, in parts of a hundred: in the large pool, in those of the regions, in none; with an owner
FATES = {"pooled": 20, "regional": 4, "fresh": 3, "pending": 6, "following": 28, "invalid": 16, "converted": 23}
QUALITIES = ("high", "medium", "medium", "low", "")
REASONS = ("30 天未跟进", "联系不上", "暂无意向", "负责人退回：预算取消")
NEEDS = ("想看样机，先发资料", "比价中，月底前定方案", "扩产两条线，要非标", "")
STEPS = ("发报价", "约看样机", "寄资料", "加微信确认需求", "")
MACHINES = ("数控车床", "立式加工中心", "激光切割机", "折弯机", "磨床", "注塑机", "机械手", "空压机", "冲床", "检测仪")
DEALS = ("{what} {n} 台", "{what}产线改造", "二期扩产{what}", "{what}样机试用转正", "{what}备件年框")
LOSSES = ("price", "price", "competitor", "competitor", "budget", "need_changed", "timing", "not_approved")
KINDS = ("new", "new", "new", "upsell", "renewal")
PIPE = default_pipe()
PROGRESS = PIPE.progress
SPAN = (40, 55, 60, 70)  # days that a stage takes on average


@dataclass(frozen=True)
class Cohort:
    """Around what they are invented: the owners with their departments, the customers with theirs (id, owner,
    department), the large pool and those of the regions, the day of today, ids and numbers."""

    owners: Sequence[tuple[int, int]]
    customers: Sequence[tuple[int, int | None, int | None]]
    pools: Sequence[int]
    day: datetime
    first_id: int
    total: int


def leads(cohort: Cohort, start: int, end: int) -> Iterator[dict[str, Any]]:
    """Leads of these numbers as {attribute: value}."""
    for number in range(start, end):
        yield _lead(cohort, number, Random(number * 7907 + 29))


def opportunities(cohort: Cohort, start: int, end: int) -> Iterator[dict[str, Any]]:
    """Opportunities of these numbers."""
    for number in range(start, end):
        yield _opportunity(cohort, number, Random(number * 6007 + 17))


def _lead(cohort: Cohort, number: int, random: Random) -> dict[str, Any]:
    place = min(int(random.expovariate(0.12)), len(CITIES) - 1)
    company = company_name(random, CITIES[place])
    person = random.choice(SURNAMES) + "".join(random.choices(GIVEN, k=random.choice((1, 2, 2))))
    created = cohort.day - timedelta(days=AGE * (1 - number / cohort.total), minutes=random.randint(0, 600))
    name = f"{company[:6]} {person}" if random.random() < 0.6 else company
    mobile = f"13{random.randint(0, 999_999_999):09d}"
    row: dict[str, Any] = {
        "id": cohort.first_id + number,
        "version": 1,
        "created_at": created,
        "updated_at": created,
        "code": f"XS-{number + 1:06d}",
        "name": name,
        "company": company,
        "contact_name": person,
        "position": random.choice(POSITIONS),
        "mobile": mobile,
        "region": PLACES[place],
        "quality": random.choice(QUALITIES),
        "need": random.choice(NEEDS),
        "life": 0 if random.random() < 0.95 else random.choice((1, 2, 2)),
    }
    row |= {key: random.choice(CHOICES[key]) for key in ("source", "level", "industry")}
    return row | _fate(cohort, random, created) | _found_by(row)


def _found_by(row: dict[str, Any]) -> dict[str, Any]:
    """What the product itself derives and makes searchable, with its own functions."""
    names, phones, codes = [row["name"], row["company"], row["contact_name"]], [row["mobile"]], [row["code"]]
    return {
        "pinyin": search_text.pinyin_sort_key(row["name"])[:400],
        "name_key": normal.company_key(row["company"])[:200],
        "fuzzy_key": normal.company_fuzzy_key(row["company"])[:200],
        "search": search_text.as_tsvector(search_text.index_tokens(names=names, phones=phones, codes=codes)),
        "search_key": search_text.search_key(names=names, phones=phones, codes=codes),
    }


def _fate(cohort: Cohort, random: Random, created: datetime) -> dict[str, Any]:
    """Whose it is, in which state, with its clocks. What is fresh or pending came in of late."""
    fate = random.choices(list(FATES), list(FATES.values()))[0]
    age = (cohort.day - created) / timedelta(days=1)
    if fate in ("fresh", "pending") and age > 40:
        fate = "pooled" if fate == "fresh" else "following"
    member, department = cohort.owners[min(int(random.triangular(0, 498, 120)), len(cohort.owners) - 1)]
    if fate in ("pooled", "regional", "fresh"):
        return _unassigned(cohort, random, fate, created, member)
    since = created + timedelta(minutes=random.randint(5, 3_000))
    since = min(since, cohort.day)
    owned: dict[str, Any] = {
        "owner_id": member,
        "department_id": department,
        "created_by_id": member,
        "owner_since": since,
        "state": fate,
    }
    if fate == "pending":
        return owned | _unfollowed(cohort.day, since)
    last = cohort.day - timedelta(minutes=int(random.expovariate(1 / 60_000)))
    last = max(last, since)
    owned |= {
        "owner_followed": True,
        "last_followed_at": last,
        "updated_at": last,
        "last_content": "电话沟通，对方想先看资料",
    }
    if fate == "following":
        planned = random.random() < 0.6
        owned["next_contact_at"] = cohort.day + timedelta(minutes=random.randint(-20_000, 40_000)) if planned else None
        owned["next_step"] = random.choice(STEPS) if planned else ""
        owned["falls_at"] = last + timedelta(days=180)
    if fate == "converted":
        customer = random.choice(cohort.customers)[0]
        owned |= {"customer_id": customer, "deal_date": last.date()}
    return owned


def _unassigned(cohort: Cohort, random: Random, fate: str, created: datetime, member: int) -> dict[str, Any]:
    """Nobody's: given up by somebody and in a pool, or just come in."""
    row: dict[str, Any] = {"state": "unassigned", "rung": 1}
    if fate == "fresh":
        at = min(created, cohort.day)
        late = cohort.day - at > timedelta(hours=24)
        return row | {"clock_at": None if late else at + timedelta(hours=24), "rung": int(late)}
    span = cohort.day - created
    at = created + span * random.random()
    pool = cohort.pools[0] if fate == "pooled" else random.choice(cohort.pools[1:])
    return row | {
        "pool_id": pool,
        "pooled_at": at,
        "claimable_at": at + timedelta(hours=random.choice((0, 24, 24, 72, 240))),
        "pool_reason": random.choice(REASONS),
        "previous_owner_id": member,
        "created_by_id": member,
        "returned": random.choice((1, 1, 1, 2, 3)),
        "released_at": at,
        "release_reason": REASONS[0],
        "left_state": "following",
        "last_followed_at": created + (at - created) * random.random() if random.random() < 0.7 else None,
    }


def _unfollowed(day: datetime, since: datetime) -> dict[str, Any]:
    """The clock of what its owner has not followed: 48 hours, then 3, 5, 7 days."""
    rings = [since + timedelta(days=days) for days in (2, 3, 5, 7)]
    rung = sum(at <= day for at in rings)
    return {"rung": rung, "neglected": rung == len(rings), "clock_at": rings[rung] if rung < len(rings) else None}


def _opportunity(cohort: Cohort, number: int, random: Random) -> dict[str, Any]:
    customer, member, department = random.choice(cohort.customers)
    if member is None or random.random() < 0.1:
        member, department = random.choice(cohort.owners)
    age = TERM * (1 - number / cohort.total)
    opened = cohort.day - timedelta(days=age, minutes=random.randint(0, 600))
    what, count = random.choice(MACHINES), random.choice((1, 1, 2, 2, 3, 5, 8))
    name = f"{random.choice(CITIES)}{random.choice(DEALS).format(what=what, n=count)}"
    amount = Decimal(random.choice((18, 26, 34, 48, 62, 85, 120))) * 10_000 * count if random.random() < 0.95 else None
    row: dict[str, Any] = {
        "id": cohort.first_id + number,
        "version": 1,
        "created_at": opened,
        "updated_at": opened,
        "code": f"SJ-{number + 1:06d}",
        "name": name,
        "customer_id": customer,
        "owner_id": member,
        "department_id": department,
        "created_by_id": member,
        "pipeline": PIPE.key,
        "kind": random.choice(KINDS),
        "source": random.choice(CHOICES["source"]),
        "amount": amount,
        "opened_on": opened.date(),
        "life": 0 if random.random() < 0.97 else random.choice((1, 2, 2)),
    }
    months = random.random() < 0.33
    expected = (opened + timedelta(days=random.randint(20, 200))).date()
    row |= {"expected_on": month_end(expected) if months else expected, "expected_month": months}
    codes = [row["code"]]
    row |= {
        "pinyin": search_text.pinyin_sort_key(name)[:400],
        "search": search_text.as_tsvector(search_text.index_tokens(names=[name], phones=[], codes=codes)),
        "search_key": search_text.search_key(names=[name], phones=[], codes=codes),
    }
    return row | _course(cohort.day, random, opened, amount)


def _course(day: datetime, random: Random, opened: datetime, amount: Decimal | None) -> dict[str, Any]:
    """How far it came and how it ended: each stage takes its time, some are lost or won on the way."""
    at, place, ended = opened, 0, ""
    while True:
        leaves = at + timedelta(days=random.expovariate(1 / SPAN[place]))
        if leaves > day:
            break
        fate = random.choices(("on", "lost", "invalid"), (70, 25, 5))[0]
        at, ended = (leaves, "") if fate == "on" else (at, fate)
        if ended:
            break
        if place + 1 == len(PROGRESS):
            ended = "won" if amount else "lost"
            break
        place += 1
    here = PROGRESS[place]
    entered = min(at, day)
    told: dict[str, Any] = (
        {"last_followed_at": min(entered + timedelta(days=random.randint(0, 20)), day)} if random.random() < 0.8 else {}
    )
    told |= {"stage": here.key, "furthest": here.key, "stage_entered_at": entered, "probability": here.probability}
    told |= {"previous_stage": PROGRESS[place - 1].key if place else "", "category": here.category.value}
    if not ended:
        planned = random.random() < 0.5
        told |= {"stalls_on": stalls_on(entered.date(), here), "weighted": weighted(amount, here.probability)}
        return told | {"next_contact_at": day + timedelta(days=random.randint(-9, 20)) if planned else None}
    closed = min(entered + timedelta(days=random.randint(0, SPAN[place])), day).date()
    told |= {"outcome": ended, "closed_on": closed, "updated_at": entered}
    if ended == "won":
        won = PIPE.won
        return told | {
            "stage": won.key, "furthest": won.key, "previous_stage": here.key, "won_on": closed, "probability": 100,
            "category": Category.CLOSED.value, "weighted": weighted(amount, 100),
        }  # fmt: skip
    told |= {"probability": 0, "category": Category.OMITTED.value}
    return told | ({"lost_stage": here.key, "loss_reason": random.choice(LOSSES)} if ended == "lost" else {})
