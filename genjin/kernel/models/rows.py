"""Row: what events can be about. Record: a row of business with owner, department, code, life and search text.

Every row draws its id from one sequence, so that teams, files, events refer to any row by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache
from itertools import compress
from operator import is_not, itemgetter
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.base import ModelState
from django.utils import timezone
from django.utils.translation import gettext_lazy

ID_SEQUENCE = "kernel_row_id"
# Columns whose values are never changed in place.
_WHOLE = (
    models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.DateField, models.ForeignKey,
    models.DecimalField, SearchVectorField,
)  # fmt: skip
IN_ORDER = ("id", "department", "owner")
"""What follows a sortable column in its index: the order's tie, then what tells whose a row is without fetching it."""


class Life(models.IntegerChoices):
    """A record's life: voiding is a life, never a second state."""

    LIVE = 0, gettext_lazy("正常")
    ARCHIVED = 1, gettext_lazy("已归档")
    VOIDED = 2, gettext_lazy("已作废")


class Row(models.Model):
    """Anything events are about. Writes go through `genjin.kernel.events.record` only."""

    id = models.BigIntegerField(primary_key=True, editable=False)
    version = models.IntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    row_type: ClassVar[str] = ""
    unrecorded: ClassVar[frozenset[str]] = frozenset({"version", "updated_at", "created_at", "search", "search_key"})

    class Meta:
        abstract = True

    _loaded: dict[str, Any]

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any) -> Self:
        """Remember what was loaded, so that an event can tell before from after."""
        instance = super().from_db(db, field_names, values, **kwargs)
        instance._loaded = dict(zip(field_names, _copies(values), strict=False))
        return instance

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """{attribute: (before, after)} of what differs from the stored row; for a new row, what is set."""
        before = getattr(self, "_loaded", None)
        if before is None:
            known = self.__dict__
            names, values_of, nothing = _given(type(self))
            return {
                name: (None, value)
                for name in compress(names, map(is_not, values_of(known), nothing))
                if ((value := known[name]) or type(value) not in _PLAIN) and value not in _NOTHING
            }
        names, values_of = _all(type(self))
        try:
            stood, stands = values_of(before), values_of(self.__dict__)
        except KeyError:  # it was not loaded whole
            return self._changes_of_some(before)
        return {
            name: (then, now)
            for name, then, now in compress(zip(names, stood, stands, strict=True), map(is_not, stood, stands))
            if then != now
        }

    def _changes_of_some(self, before: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
        changed: dict[str, tuple[Any, Any]] = {}
        for field in self._meta.concrete_fields:
            name = field.attname
            value = getattr(self, name)
            if name in before and before[name] != value:
                changed[name] = (before[name], value)
        return changed

    def remember(self) -> None:
        """From now on this is how the row stands: changes are told from here."""
        loaded = self.__dict__.copy()
        loaded.pop("_loaded", None)
        for name in _changeable(type(self)):
            if name in loaded:
                loaded[name] = _copied(loaded[name])
        self._loaded = loaded

    def __str__(self) -> str:
        return str(getattr(self, "name", "") or self.pk)


M = TypeVar("M", bound=models.Model)


def fresh(model: type[M], **values: Any) -> M:
    """`model(**values)` for plain columns, for places where thousands are made: the defaults are worked out once.
    Not for columns whose default is a moment; `record` sets those of every row."""
    row = model.__new__(model)
    defaults, changeable = _defaults(model)
    known = defaults.copy()
    for name in changeable:
        known[name] = _copied(known[name])
    known.update(values)
    row.__dict__.update(known)
    row._state = ModelState()
    return row


@cache
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The attributes of a new row, and which of them hold what can be changed in place."""
    defaults = {name: value for name, value in model().__dict__.items() if name != "_state"}
    return defaults, tuple(name for name, value in defaults.items() if isinstance(value, list | dict))


_NOBODY = object()
_NOTHING: tuple[Any, ...] = (None, "", [], {}, False)
_PLAIN = frozenset({type(None), str, bool, int, list, dict})


@cache
def _given(model: type[Row]) -> tuple[tuple[str, ...], Callable[[dict[str, Any]], Sequence[Any]], tuple[Any, ...]]:
    """The attributes that a new row may set, what reads their values, and of each the default that says nothing."""
    names = tuple(field.attname for field in model._meta.concrete_fields if field.attname != "id")
    defaults = _defaults(model)[0]
    empty = [any(defaults[name] is nothing for nothing in (None, "", False)) for name in names]
    nothing = (defaults[name] if bare else _NOBODY for name, bare in zip(names, empty, strict=True))
    return names, itemgetter(*names), tuple(nothing)


@cache
def _all(model: type[Row]) -> tuple[tuple[str, ...], Callable[[dict[str, Any]], Sequence[Any]]]:
    """The attributes of a row, and what reads their values."""
    names = tuple(field.attname for field in model._meta.concrete_fields)
    return names, itemgetter(*names)


@cache
def _changeable(model: type[Row]) -> tuple[str, ...]:
    """The attributes that may hold a list or a dict: those that are no plain column."""
    return tuple(f.attname for f in model._meta.concrete_fields if not isinstance(f, _WHOLE))


def _copies(values: Collection[Any]) -> Sequence[Any]:
    return [_copied(value) for value in values]


def _copied(value: Any) -> Any:
    if type(value) is list:
        return list(value)
    return dict(value) if type(value) is dict else value


class Record(Row):
    """A row of business. `owner` changes only through `ownership.change_owner`."""

    code = models.CharField(max_length=40, editable=False, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    department = models.ForeignKey(
        "org.Department", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    life = models.SmallIntegerField(choices=Life.choices, default=Life.LIVE)
    custom = models.JSONField(default=dict, blank=True)
    search = SearchVectorField(null=True, editable=False)
    search_key = models.TextField(default="", editable=False)

    class Meta:
        abstract = True

    _seen_by: Any = None
    """The actor at whose door this row was asked for (see `doors.demand_sight`)."""

    owner_id: int | None
    department_id: int | None
    created_by_id: int | None
