"""Small tables of settings that have no business word: options, code series, holidays, the stamp."""

from __future__ import annotations

from typing import Any

from django.db import models

from genjin.kernel.models.rows import Row


class Stamp(models.Model):
    """One row whose number changes with every change of organisation, options or settings."""

    id = models.SmallIntegerField(primary_key=True)
    number = models.BigIntegerField()


class Option(Row):
    """What a company changed or added in an option list; absent rows mean the declared defaults."""

    list_key = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    label = models.CharField(max_length=60)
    english = models.CharField(max_length=60, default="")
    colour = models.CharField(max_length=10, default="")
    order = models.IntegerField(default=0)
    retired = models.BooleanField(default=False)

    row_type = "option"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list_key", "key"], name="option_key")]


class CodeSeries(Row):
    """The pattern of a record type's codes, when it differs from the declared one. Numbers come from a sequence."""

    record_type = models.CharField(max_length=40, unique=True)
    pattern = models.CharField(max_length=60)

    row_type = "code_series"


class HolidayYear(Row):
    """A year whose holidays have been announced (or entered). Absent: not announced, a state of its own."""

    year = models.IntegerField(unique=True)

    row_type = "holiday_year"


class Holiday(Row):
    """A day that differs from the plain week: a holiday, or a workday on a weekend."""

    day = models.DateField(unique=True)
    works = models.BooleanField()
    name = models.CharField(max_length=60)

    row_type = "holiday"


class Setting(Row):
    """What a company set for a declared setting (`kernel.company_settings`); absent rows mean the declared default."""

    key = models.CharField(max_length=160, unique=True)
    value = models.JSONField(null=True)

    row_type = "setting"
    before: Any = None
    """What stood before the first change: the declared default."""

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """A first change is one from the default."""
        found = super().changes()
        return found | {"value": (self.before, self.value)} if self._state.adding else found
