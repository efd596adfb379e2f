"""Steps of merging: rows of other tables change hands, many in one statement, and every change is kept so that it can
be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from json import dumps, loads
from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life, Record, Row
from genjin.kernel.recording import plain, record_many
from genjin.kernel.records import RecordType
from genjin.kernel.updating import update_each
from genjin.merging.models import Merge, Shift
from genjin.merging.queries.pointing import own_references
from genjin.merging.reach import UNITES, Reference, followers, once_together, references
from genjin.ownership.changing import begin_periods
from genjin.ownership.models import Rule

CARRIED = ("owner_id", "department_id")
OWN = "custom."


@dataclass
class Moving:
    """What a merge changes besides master and merged records."""

    actor: Actor
    reason: str = ""
    kept: dict[tuple[str, str, str, str], list[int]] = field(default_factory=dict)

    def load(self, model: type[Any], where: Q, columns: Sequence[str]) -> list[Any]:
        """The rows that are to be changed, locked, with these columns."""
        versioned = ("version",) if issubclass(model, Row) else ()
        rows = model._base_manager.filter(where).order_by("pk").select_for_update(of=("self",))
        found = list(rows.only("pk", *versioned, *columns))
        for row in found:
            row._stood = {name: getattr(row, name) for name in columns}
        return found

    def put(self, rows: Sequence[Any], columns: Sequence[str]) -> None:
        """Write the columns of rows that were loaded and changed in memory, and keep what they held."""
        changed = [row for row in rows if any(row._stood[name] != getattr(row, name) for name in columns)]
        if not changed:
            return
        label = changed[0]._meta.label
        for row in changed:
            for name, before in row._stood.items():
                after = getattr(row, name)
                if before != after:
                    self._keep(label, name, before, after, row.pk)
        write(self.actor, changed, columns)

    def _keep(self, label: str, column: str, before: Any, after: Any, row_id: int) -> None:
        if column == "custom":  # one of the company's own fields
            (key,) = (k for k in {**before, **after} if before.get(k) != after.get(k))
            column, before, after = OWN + key, before.get(key), after.get(key)
        told = (label, column, dumps(plain(before)), dumps(plain(after)))
        self.kept.setdefault(told, []).append(row_id)

    def shifts(self, merge: Merge) -> Iterator[Shift]:
        """What was kept, to be stored."""
        for (label, column, before, after), ids in self.kept.items():
            yield Shift(merge=merge, model=label, column=column, before=loads(before), after=loads(after), ids=ids)


def write(actor: Actor, rows: Sequence[Any], columns: Sequence[str]) -> None:
    """Write these columns of rows of one model as they stand in memory."""
    if isinstance(rows[0], Row):
        record_many(actor, rows, columns)
    else:
        update_each(rows, columns)


def bring_together(moving: Moving, record_type: RecordType, master: Record, others: Sequence[Record]) -> None:
    """Let everything that refers to the others refer to the master."""
    for reference in references(record_type):
        if unite := UNITES.get(reference.place):
            unite(moving, master, others)
    for reference in followers(record_type):
        _bring(moving, reference, record_type, master, others)
    for model, key in own_references(record_type):
        _bring_own(moving, model, key, master, others)


def _bring(
    moving: Moving, reference: Reference, record_type: RecordType, master: Record, others: Sequence[Record]
) -> None:
    from_ids = [row.pk for row in others]
    where = referring(reference, record_type, from_ids)
    if reference.model is record_type.model:
        where &= ~Q(pk__in=[master.pk, *from_ids])
    columns = (reference.column, *((*CARRIED, "life") if reference.carries else ()))
    rows = moving.load(reference.model, where, columns)
    if not rows:
        return
    behind = clashing(reference, record_type, master.pk, from_ids)
    going = [row for row in rows if row.pk not in behind]
    if reference.carries:
        _carry(moving, reference, master, others, going)
    for row in going:
        setattr(row, reference.column, master.pk)
    moving.put(going, columns[:3] if reference.carries else columns)


def _carry(moving: Moving, reference: Reference, master: Record, others: Sequence[Record], rows: Sequence[Any]) -> None:
    """Rows that carried the owner of the record they come from carry the master's; those of somebody else stay his."""
    was = {row.pk: row.owner_id for row in others}
    following = []
    for row in rows:
        if row.life != Life.VOIDED and row.owner_id == was[getattr(row, reference.column)]:
            moved = row.owner_id != master.owner_id
            row.owner_id, row.department_id = master.owner_id, master.department_id
            following += [row] if moved else []
    begin_periods(moving.actor, following, rule=Rule.FOLLOWED, reason=moving.reason)


def referring(reference: Reference, record_type: RecordType, ids: Sequence[int]) -> Q:
    """The rows in which a column holds one of these ids."""
    where = Q(**{f"{reference.column}__in": ids})
    return where & Q(**{reference.named: record_type.key}) if reference.named else where


def clashing(reference: Reference, record_type: RecordType, master_id: int, from_ids: Sequence[int]) -> set[int]:
    """The rows that cannot come along, because the master has (or gets) one like it that may be there only once. They
    stay with the merged record."""
    behind: set[int] = set()
    for others, condition, empty_too in once_together(reference):
        rows = reference.model._base_manager.filter(referring(reference, record_type, [master_id, *from_ids]))
        if condition is not None:
            rows = rows.filter(condition)
        told = rows.order_by("pk").values_list("pk", reference.column, *others)
        known = {tuple(rest) for _pk, held, *rest in told if held == master_id}
        for pk, held, *rest in told:
            if held == master_id or (None in rest and not empty_too):
                continue
            if tuple(rest) in known:
                behind.add(pk)
            known.add(tuple(rest))
    return behind


def _bring_own(moving: Moving, model: type[Record], key: str, master: Record, others: Sequence[Record]) -> None:
    ids = [row.pk for row in others]
    where = Q(**{f"custom__{key}__in": ids}) & ~Q(pk__in=[master.pk, *ids])
    rows = moving.load(model, where, ("custom",))
    for row in rows:
        row.custom = {**row.custom, key: master.pk}
    moving.put(rows, ("custom",))


@dataclass
class Back:
    """Rows that a merge changed, on their way back. `kept`: {record type or table: how many were changed since}."""

    actor: Actor
    kept: list[tuple[str, int]] = field(default_factory=list)
    followers: list[Any] = field(default_factory=list)

    def take(self, shifts: Iterable[Shift]) -> None:
        """Give every column its old value back where it still holds the new one."""
        by_model: dict[str, list[Shift]] = {}
        for shift in shifts:
            by_model.setdefault(shift.model, []).append(shift)
        for label, group in by_model.items():
            self._take(apps.get_model(label), group)
        begin_periods(self.actor, self.followers, rule=Rule.FOLLOWED)

    def _take(self, model: type[Any], shifts: Sequence[Shift]) -> None:
        columns = sorted({shift.column.partition(".")[0] for shift in shifts})
        ids = set(chain.from_iterable(shift.ids for shift in shifts))
        rows = {row.pk: row for row in Moving(self.actor).load(model, Q(pk__in=ids), columns)}
        for shift in shifts:
            read, put = _access(model, shift.column)
            for row in (rows[pk] for pk in shift.ids if pk in rows):
                if plain(read(row)) == shift.after:
                    put(row, shift.before)
                else:
                    self.kept.append((model._meta.label, row.pk))
        changed = [row for row in rows.values() if any(row._stood[name] != getattr(row, name) for name in columns)]
        if changed:
            write(self.actor, changed, columns)
        if "owner_id" in columns:
            self.followers += [row for row in changed if row._stood["owner_id"] != row.owner_id]


def _access(model: type[Model], column: str) -> tuple[Callable[[Any], Any], Callable[[Any, Any], None]]:
    """How a kept column is read from a row, and put."""
    if not column.startswith(OWN):
        declared: Any = next(c for c in model._meta.concrete_fields if c.attname == column)
        return lambda row: getattr(row, column), lambda row, value: setattr(row, column, declared.to_python(value))
    key = column.removeprefix(OWN)

    def put(row: Any, value: Any) -> None:
        rest: Mapping[str, Any] = {k: v for k, v in row.custom.items() if k != key}
        row.custom = {**rest, key: value} if value is not None else dict(rest)

    return lambda row: row.custom.get(key), put
