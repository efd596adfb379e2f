"""S1-18, ADR 0024: how long stages take equals a recount of the stays of what each actor sees, after any history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

import pytest
import time_machine
from django.db import transaction

from genjin.customers.actions.customers import transfer_customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.expressions import WEIGHED
from genjin.kernel.models.events import EventLink
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import undo_event
from genjin.opportunities.actions.moves import (
    invalidate_opportunity,
    lose_opportunity,
    move_opportunity,
    win_opportunity,
)
from genjin.opportunities.actions.opportunities import (
    add_opportunity_teammate,
    edit_opportunity,
    restore_opportunity,
    transfer_opportunity,
    void_opportunity,
)
from genjin.opportunities.defaults import default_pipe
from genjin.opportunities.models import Opportunity, Stay, StayDelta, StayTotal
from genjin.opportunities.queries import stays
from genjin.opportunities.queries.funnel import Narrow, in_question
from genjin.opportunities.queries.stays import StayTime, stay_times
from genjin.opportunities.tests.factories import fresh, make_opportunity
from genjin.opportunities.totals.jobs.stays import fold, mend
from genjin.testing.cast import Cast

STAGES = ("contact", "need", "proposal", "negotiation")
PARTS = ("owner", "teammate", "manager", "stranger", "administrator")
PERIODS = (
    (date(2030, 12, 20), date(2031, 4, 10)),
    (date(2031, 1, 1), date(2031, 3, 31)),
    (date(2031, 2, 3), date(2031, 2, 25)),
)
Step = Callable[[Actor, int], object]


@pytest.fixture(autouse=True)
def _added_up_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert WEIGHED > 0
    monkeypatch.setattr(stays, "WEIGHED", -1)


def recount(actor: Actor, narrow: Narrow) -> dict[str, StayTime]:
    """Row by row, as the words say: all the time in a stage ÷ opportunities that entered it."""
    seen = set(visible_to(actor, Opportunity).filter(in_question(narrow)).values_list("pk", flat=True))
    spent: defaultdict[str, int] = defaultdict(int)
    entered: defaultdict[str, set[int]] = defaultdict(set)
    now = int(actor.now().timestamp())
    for stay in Stay.objects.filter(opportunity_id__in=seen):
        left = int(stay.left_at.timestamp()) if stay.left_at else now
        spent[stay.stage] += left - int(stay.entered_at.timestamp())
        entered[stay.stage].add(stay.opportunity_id)
    return {
        stage: StayTime(stage, len(ids), round(spent[stage] / 86_400 / len(ids), 1)) for stage, ids in entered.items()
    }


def agree(cast: Cast) -> None:
    for part in PARTS:
        actor = cast.actor(part)
        for start, end in PERIODS:
            whole = Narrow(default_pipe().key, start, end)
            of_owner = Narrow(default_pipe().key, start, end, owners=(cast.owner.pk, cast.stranger.pk))
            of_department = Narrow(default_pipe().key, start, end, departments=(actor.department_id or 0,))
            of_source = Narrow(default_pipe().key, start, end, sources=("internet",))
            for narrow in (whole, of_owner, of_department, of_source):
                assert stay_times(actor, narrow) == recount(actor, narrow), (part, narrow)


def steps(cast: Cast, random: Random) -> Iterator[tuple[int, Step]]:
    """(weight, what may happen), through actions and, as repairs do, past them."""
    owners = (cast.owner.pk, cast.stranger.pk, cast.manager.pk)
    yield 9, lambda actor, pk: move_opportunity.run(actor, pk, {"stage": random.choice(STAGES)})
    yield (
        3,
        lambda actor, pk: edit_opportunity.run(
            actor, pk, {"opened_on": f"2031-0{random.randint(1, 4)}-0{random.randint(1, 9)}"}
        ),
    )
    yield 1, lambda actor, pk: edit_opportunity.run(actor, pk, {"source": random.choice(("internet", "referral"))})
    yield 1, lambda actor, pk: win_opportunity.run(actor, pk, {})
    yield 1, lambda actor, pk: lose_opportunity.run(actor, pk, {"reason": "price"})
    yield 1, lambda actor, pk: invalidate_opportunity.run(actor, pk, {"reason": "mistake"})
    yield 1, lambda actor, pk: void_opportunity.run(actor, pk, {"reason": "重复"})
    yield 2, lambda actor, pk: restore_opportunity.run(actor, pk, {})
    yield 4, lambda actor, pk: undo_event(actor, EventLink.objects.filter(row_id=pk).latest("event_id").event_id)
    yield (
        2,
        lambda _actor, pk: transfer_opportunity.run(
            cast.actor("administrator"), pk, {"owner": str(random.choice(owners))}
        ),
    )
    yield (
        1,
        lambda _actor, pk: transfer_customer.run(
            cast.actor("administrator"), fresh(pk).customer_id, {"owner": str(random.choice(owners))}
        ),
    )
    yield (
        1,
        lambda _actor, _pk: Opportunity.objects.filter(life=0).update(
            department=random.choice((cast.owner, cast.stranger)).department_id
        ),
    )


def test_S1_18_stays_equal_a_recount_after_random_histories(cast: Cast) -> None:
    random = Random(18)  # noqa: S311 - a history
    rows: list[tuple[Actor, int]] = []
    with time_machine.travel("2031-03-05T03:00:00Z", tick=False) as clock:
        for part in ("owner", "stranger", "manager"):
            actor = cast.actor(part)
            customer = make_customer(actor, f"客户{part}")
            for number in range(4):
                row = make_opportunity(
                    actor,
                    f"商机{number}",
                    customer,
                    amount="1000",
                    opened_on=f"2031-0{number + 1}-04" if number < 3 else "",
                )
                rows.append((actor, row.pk))
        add_opportunity_teammate(cast.actor("owner"), rows[0][1], member=cast.teammate.pk)
        weights, what = zip(*steps(cast, random), strict=True)
        done = 0
        for number in range(120):
            clock.shift(timedelta(minutes=random.randint(1, 900)))
            actor, pk = random.choice(rows)
            try:
                random.choices(what, weights)[0](cast.actor("owner") if actor.member_id == cast.owner.pk else actor, pk)
            except Refused:
                continue
            done += 1
            if number % 30 == 9:
                fold()
        assert done > 30
        agree(cast)
        assert mend() == 0
        fold()
        assert not StayDelta.objects.exists()
        agree(cast)
        StayTotal.objects.update(seconds=1)
        assert mend() > 0
        fold()
        agree(cast)
        Opportunity.objects.filter(pk=rows[1][1]).update(pipeline="another")
        Stay.objects.filter(opportunity_id=rows[2][1]).delete()
        agree(cast)
        assert mend() == 0


def test_what_stands_in_totals_follows_the_rows_even_when_they_go(cast: Cast) -> None:
    row = make_opportunity(cast.actor("owner"))
    fold()
    assert StayTotal.objects.get().entered == 1
    with transaction.atomic():
        Stay.objects.filter(opportunity_id=row.pk).delete()
    fold()
    assert not StayTotal.objects.exists()
    assert mend() == 0
