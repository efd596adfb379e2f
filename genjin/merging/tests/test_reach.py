"""Nothing that refers to a record is forgotten when it is merged (B3): a column nobody decided about fails here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.apps import apps
from django.db import models

from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES
from genjin.merging.reach import (
    COUNTED,
    MERGEABLE,
    STAYS,
    UNITES,
    followers,
    once_together,
    own_models,
    references,
    unique,
)

# whole numbers that are no record's id, and why; a column that is one stands in no such list
NUMBERS = re.compile(r"(^|_)(job_id|batch_id|member_id|by|size|position|number|rows|records|total|stamp|lines|done)$")
NO_RECORDS = {
    "kernel.EventPayload.event_id": "an event",
    "allocation.Run.undone_to": "an event",
    "duplicates.Risk.registrant_id": "a member",
    "duplicates.Trace.key": "a hashed address, member, source or range of numbers",
    "reminders.Delivery.target": "a device, a robot or an address",
    "followups.TotalDelta": "sums by member and department",
    "followups.DayTotal": "sums by member and department",
    "followups.MonthTotal": "sums by member and department",
    "opportunities.OpenDelta": "sums by member and department",
    "opportunities.OpenSum": "sums by member and department",
    "opportunities.OpenTotal": "sums by member and department",
    "opportunities.StayDelta": "sums by member and department",
    "opportunities.StayTotal": "sums by member and department",
}


def test_B3_every_column_that_may_hold_a_record_follows_or_stays_with_a_reason() -> None:
    walked = {one.place for key in RECORD_TYPES for one in references(RECORD_TYPES[key])}
    undecided = [place for place in suspects() if place not in walked and place not in STAYS]
    assert not undecided, (
        f"say in the area's merging.py what becomes of {undecided} when the record is merged: name the column so that"
        " it is walked (a foreign key, a declared Link, record_type + record_id), or call stays(…, because=…)"
    )


def test_B3_what_may_be_there_only_once_says_which_one_is_kept() -> None:
    """The usual rule (the master's stays, the other one remains with the merged record) reads the declared columns of a
    constraint; one made of expressions needs a step of its own."""
    for key in MERGEABLE:
        for reference in followers(RECORD_TYPES[key]):
            for constraint in unique(reference.model._meta.constraints):
                assert constraint.fields, f"{reference.place}: unites(…) it, {constraint.name} is made of expressions"
            once_together(reference)


def test_B3_what_follows_is_found_by_an_index_among_millions() -> None:
    following = [one for key in MERGEABLE for one in followers(RECORD_TYPES[key])]
    slow = [one.place for one in following if not indexed(one.model, one.column)]
    assert not slow, f"merging reads all of these tables; give them an index that begins with {slow}"


def indexed(model: type[models.Model], attribute: str) -> bool:
    """Whether an index of all rows that have the column begins with it."""
    column = next(each for each in model._meta.concrete_fields if each.attname == attribute)
    whole = (None, ~models.Q(**{column.name: None}), models.Q(**{f"{column.name}__isnull": False}))
    begun = (index.fields[:1] for index in model._meta.indexes if index.condition in whole)
    return getattr(column, "db_index", False) or [column.name] in begun


def test_B3_reasons_name_columns_that_are_there() -> None:
    known = {
        f"{model._meta.label}.{column.attname}" for model in own_models() for column in model._meta.concrete_fields
    }
    there = {place for place in (*STAYS, *UNITES, *COUNTED) if apps.is_installed(f"genjin.{place.split('.')[0]}")}
    assert there <= known
    assert all(STAYS.values())


def suspects() -> Iterator[str]:
    """Columns that may hold the id of a record."""
    for model in own_models():
        for column in model._meta.concrete_fields:
            place = f"{model._meta.label}.{column.attname}"
            if column.primary_key or place in NO_RECORDS or model._meta.label in NO_RECORDS:
                continue
            target = column.related_model if column.is_relation else None
            if isinstance(target, type) and issubclass(target, Record):
                yield place
            inner = getattr(column, "base_field", column)
            if target is None and isinstance(inner, models.BigIntegerField) and not NUMBERS.search(column.attname):
                yield place
