"""B6, first part: key, ordinary, potential; new, old, lost by rule; by hand with a reason and an end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from genjin.customers.actions.customers import create_customer, edit_customer
from genjin.customers.grading.actions import grade_many, regrade_customer, ungrade_customer
from genjin.customers.grading.jobs import grade_nightly
from genjin.customers.grading.rules import BY_RULE, NEW_DAYS, VERSION, Facts, graded
from genjin.customers.models import Customer, Grade
from genjin.customers.rhythm import local_day, rhythm_of
from genjin.kernel.actor import system
from genjin.kernel.fields import Access, Values
from genjin.kernel.models.events import Event, Notification
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import current_stamp
from genjin.org.actions.settings import change_settings
from genjin.testing.cast import Cast, limit, make_cast
from genjin.ui.tests.visitors import visitor

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("level", "stands", "first", "last", "category", "lifecycle"),
    [
        ("A", "", None, None, "potential", "potential"),
        ("A", "new", 10, 10, "key", "new"),
        ("B", "", 89, 10, "ordinary", "new"),
        ("B", "", 90, 10, "ordinary", "old"),
        ("A", "lost", 900, 10, "key", "old"),
        ("C", "", 900, 364, "ordinary", "old"),
        ("C", "", 900, 365, "ordinary", "lost"),
        ("C", "old", None, None, "ordinary", "old"),
        ("", "lost", None, None, "ordinary", "lost"),
    ],
)
def test_table_of_grades_B6(
    level: str, stands: str, first: int | None, last: int | None, category: str, lifecycle: str
) -> None:
    ago = [None if days is None else TODAY - timedelta(days=days) for days in (first, last)]
    found = graded(Facts(level, stands, ago[0], ago[1]), TODAY, 90, 365)
    assert (found.category, found.lifecycle) == (category, lifecycle)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def by_rule(cast: Cast) -> None:
    change_settings(cast.actor("administrator"), changes={BY_RULE.key: True})


def dealt(cast: Cast, days: int, **values: object) -> Customer:
    customer = create_customer(cast.actor("owner"), values=Values(name=f"苏州晶砺{days}", **values))
    day = local_day(cast.actor("owner").now()) - timedelta(days=days)
    Customer.objects.filter(pk=customer.pk).update(deal_date=day)
    return customer


def test_grades_follow_the_rules_at_night_and_drive_the_rhythm_B6(cast: Cast) -> None:
    key = dealt(cast, 5, level="A")
    lost = dealt(cast, 400, level="C", lifecycle="old")
    nothing = create_customer(cast.actor("owner"), values=Values(name="昆山拓维"))
    grader = system("customers.grade")
    grade_nightly(grader)
    assert Grade.objects.count() == 0  # nothing while the company grades by hand
    by_rule(cast)
    grade_nightly(grader)
    assert stands(key) == ("key", "new")
    assert stands(lost) == ("ordinary", "lost")
    assert stands(nothing) == ("potential", "potential")
    assert rhythm_of(Customer.objects.get(pk=lost.pk), current_stamp()) == "care"
    told = Notification.objects.get(kind="graded")  # the owner is told once, of all
    assert (told.member_id, told.note["count"]) == (cast.owner.pk, 3)
    before = Event.objects.count()
    assert grade_many(grader, after=0) is None
    assert Event.objects.count() == before  # the second run finds nothing to change


def test_what_is_set_by_hand_holds_until_its_day_B6(cast: Cast) -> None:
    owner, grader = cast.actor("owner"), system("customers.grade")
    customer = dealt(cast, 5, level="C")
    by_rule(cast)
    grade_nightly(grader)
    with pytest.raises(Refused, match="今天或以后"):
        regrade_customer(
            owner, customer.pk, category="key", lifecycle="old", reason="集团大客户", until=date(2020, 1, 1)
        )
    assert stands(customer) == ("ordinary", "new")
    regrade_customer(owner, customer.pk, category="key", lifecycle="old", reason="集团大客户")
    grade_nightly(grader)
    assert stands(customer) == ("key", "old")
    ungrade_customer(owner, customer.pk)
    assert stands(customer) == ("ordinary", "new")
    # changed in the form: the same, for the usual time
    edit_customer(owner, customer.pk, values=Values(category="key"))
    grade_nightly(grader)
    assert stands(customer) == ("key", "new")
    Grade.objects.filter(customer_id=customer.pk).update(by_hand_until=date(2020, 1, 1))
    grade_nightly(grader)
    assert stands(customer) == ("ordinary", "new")
    with pytest.raises(Refused, match="已经按规则"):
        ungrade_customer(owner, customer.pk)


def stands(customer: Customer) -> tuple[str, str]:
    row = Customer.objects.get(pk=customer.pk)
    return row.category, row.lifecycle


def test_B6_a_grade_keeps_of_what_and_by_which_rules_it_was_given(cast: Cast) -> None:
    owner, grader = cast.actor("owner"), system("customers.grade")
    customer = dealt(cast, 5, level="A")
    day = Customer.objects.get(pk=customer.pk).deal_date
    assert day is not None
    by_rule(cast)
    grade_nightly(grader)
    today, deal = local_day(owner.now()), day.isoformat()
    given = Grade.objects.get(customer=customer)
    assert given.graded_on == today
    assert given.inputs == {"level": "A", "lifecycle": "", "first": deal, "last": deal}
    assert given.rules == {"version": VERSION, "new_days": 90, "lost_days": 365}
    Grade.objects.filter(customer=customer).update(graded_on=date(2020, 1, 1))
    grade_nightly(grader)
    kept = Grade.objects.get(customer=customer)
    assert (kept.graded_on, kept.inputs) == (date(2020, 1, 1), given.inputs), "nothing changed: it stays as given"
    client = visitor(cast.owner)
    shown = client.get(f"/customers/{customer.pk}/related").content.decode()
    assert f"2020-01-01 按规则第 {VERSION} 版判定" in shown
    limit("salesperson", "customer.level", Access.HIDDEN)
    assert "等级" not in client.get(f"/customers/{customer.pk}/related").content.decode().partition("判定")[2][:60]
    change_settings(cast.actor("administrator"), changes={NEW_DAYS.key: 3})
    grade_nightly(grader)
    anew = Grade.objects.get(customer=customer)
    assert (anew.graded_on, anew.lifecycle) == (today, "old")
    assert anew.rules is not None
    assert anew.rules["new_days"] == 3
