"""ADR 0010: sums of open opportunities equal a recount after any history, and are what each actor sees."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from genjin.customers.tests.factories import make_customer
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.refusal import Refused
from genjin.opportunities.actions.moves import lose_opportunity, move_opportunity, win_opportunity
from genjin.opportunities.actions.opportunities import (
    add_opportunity_teammate,
    edit_opportunity,
    restore_opportunity,
    transfer_opportunity,
    void_opportunity,
)
from genjin.opportunities.models import OPEN, OpenDelta, OpenSum, OpenTotal, Opportunity
from genjin.opportunities.queries.cards import columns
from genjin.opportunities.tests.factories import make_opportunity
from genjin.opportunities.totals.jobs import fold, mend
from genjin.opportunities.totals.queries import Narrowed, Sums, sums_by_stage
from genjin.testing.cast import Cast

STAGES = ("contact", "need", "proposal", "negotiation")


def recount(actor: Actor, narrowed: Narrowed) -> dict[str, Sums]:
    found: defaultdict[str, Sums] = defaultdict(Sums)
    for row in visible_to(actor, Opportunity).filter(OPEN, narrowed.q()):
        found[row.stage] += Sums(1, row.amount or Decimal(), row.weighted)
    return dict(found)


def agree(cast: Cast) -> None:
    for part in ("owner", "teammate", "manager", "stranger", "administrator"):
        actor = cast.actor(part)
        months = Narrowed(first=date(2031, 3, 1), after=date(2031, 9, 1))
        for narrowed in (Narrowed(), Narrowed(owners=frozenset({cast.owner.pk})), months):
            kept = {stage: sums for stage, sums in sums_by_stage(actor, STAGES, narrowed).items() if sums.count}
            assert kept == recount(actor, narrowed), part
            cards = columns(actor, STAGES, narrowed)
            assert {stage: len(column.cards) for stage, column in cards.items() if column.cards} == {
                stage: sums.count for stage, sums in kept.items()
            }


def test_sums_and_cards_equal_a_recount_after_random_histories(cast: Cast) -> None:
    random = Random(9)  # noqa: S311 - a history
    owners = [cast.actor(part) for part in ("owner", "stranger", "manager")]
    rows = []
    for actor in owners:
        customer = make_customer(actor, f"客户{actor.member_id}")
        rows += [(actor, make_opportunity(actor, f"商机{n}", customer, amount=str(n * 1000 + 7)).pk) for n in range(3)]
    add_opportunity_teammate(cast.actor("owner"), rows[0][1], member=cast.teammate.pk)
    steps = (
        lambda actor, pk: move_opportunity.run(actor, pk, {"stage": random.choice(STAGES)}),
        lambda actor, pk: edit_opportunity.run(
            actor, pk, {"amount": str(random.randint(1, 10**7)), "probability": "37"}
        ),
        lambda actor, pk: edit_opportunity.run(actor, pk, {"expected_on": f"2031-{random.randint(1, 12):02d}"}),
        lambda actor, pk: win_opportunity.run(actor, pk, {}),
        lambda actor, pk: lose_opportunity.run(actor, pk, {"reason": "price"}),
        lambda actor, pk: void_opportunity.run(actor, pk, {}),
        lambda actor, pk: restore_opportunity.run(actor, pk, {}),
        lambda _actor, pk: transfer_opportunity.run(
            cast.actor("administrator"), pk, {"owner": str(random.choice(owners).member_id)}
        ),
    )
    for number in range(60):
        actor, pk = random.choice(rows)
        try:
            random.choices(steps, (8, 5, 3, 1, 1, 1, 3, 2))[0](actor, pk)
        except Refused:
            continue
        if number % 20 == 9:
            fold()
    agree(cast)
    assert mend() == 0
    fold()
    assert OpenDelta.objects.count() == 0
    agree(cast)
    OpenTotal.objects.update(amount=1)
    OpenSum.objects.update(weighted=1)
    assert mend() > 0
    fold()
    agree(cast)


def test_columns_are_read_page_by_page(cast: Cast) -> None:
    owner = cast.actor("owner")
    customer = make_customer(owner)
    made = [make_opportunity(owner, f"商机{n}", customer).pk for n in range(5)]
    first = columns(owner, ["contact"], Narrowed(), most=2)["contact"]
    second = columns(owner, ["contact"], Narrowed(), most=2, after=first.after)["contact"]
    third = columns(owner, ["contact"], Narrowed(), most=2, after=second.after)["contact"]
    assert [card.id for page in (first, second, third) for card in page.cards] == made[::-1]
    assert third.after == ""
    with pytest.raises(Refused):
        columns(owner, ["contact"], Narrowed(), after="bm9uc2Vuc2U")
