"""Bringing one customer's grade up to date: a step of the actions of grading, never an action itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from genjin.customers.grading.rules import BY_HAND_DAYS, LOST_DAYS, NEW_DAYS, VERSION, Facts, graded
from genjin.customers.models import Customer, Grade


@dataclass(frozen=True)
class Change:
    """A customer whose grade changes, with the row that remembers the rules' answer."""

    customer: Customer
    grade: Grade
    category: str
    lifecycle: str

    @property
    def moves(self) -> bool:
        """Whether the customer itself becomes another."""
        return (self.category, self.lifecycle) != (self.customer.category, self.customer.lifecycle)


def changes(customers: Iterable[Customer], grades: dict[int, Grade], today: date, stamp: int) -> list[Change]:
    """What grading would do to these customers on a day. What somebody set by hand since the last grading is taken as
    set for the usual time."""
    return [_change(customer, grades.get(customer.pk), today, stamp) for customer in customers]


def _change(customer: Customer, grade: Grade | None, today: date, stamp: int) -> Change:
    begun = grade is not None
    grade = grade or Grade(customer_id=customer.pk)
    known = [day for day in (grade.first_deal, customer.deal_date) if day]
    grade.first_deal = min(known, default=None) if customer.deal_date else None
    if grade.by_hand_until and grade.by_hand_until < today:
        grade.by_hand_until, grade.reason = None, ""
    elif begun and not grade.by_hand_until and (grade.category, grade.lifecycle) != _standing(customer):
        grade.by_hand_until, grade.reason = today + timedelta(days=BY_HAND_DAYS.at(stamp)), ""
    if grade.by_hand_until:
        return Change(customer, grade, customer.category, customer.lifecycle)
    facts = Facts(customer.level, customer.lifecycle, grade.first_deal, customer.deal_date)
    rules = {"version": VERSION, "new_days": NEW_DAYS.at(stamp), "lost_days": LOST_DAYS.at(stamp)}
    found = graded(facts, today, rules["new_days"], rules["lost_days"])
    made_of = facts.kept()
    stands = (grade.rules, {**(grade.inputs or {}), "lifecycle": facts.lifecycle}, grade.category, grade.lifecycle)
    if stands != (rules, made_of, found.category, found.lifecycle):  # the lifecycle is what it made itself
        grade.graded_on, grade.inputs, grade.rules = today, made_of, rules
    grade.category, grade.lifecycle = found.category, found.lifecycle
    return Change(customer, grade, found.category, found.lifecycle)


def _standing(customer: Customer) -> tuple[str, str]:
    return customer.category, customer.lifecycle
