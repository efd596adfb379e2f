"""Many writes in few statements: inside `together()` new rows and changes of stored ones wait in memory and are written
in bulk, at the latest before a statement that names their table. Reads therefore see them; nothing else about a write
changes.

Only `recording` and `codes_store` use what stands here; areas use `insert()` for rows that are no Row.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Model

from genjin.kernel.carrying import Carried, Unmoved
from genjin.kernel.copying import Load, Uncopied, copy_in, load_of
from genjin.kernel.updating import Rewrite, as_rewritten, rewrites

LEDGER = "kernel_event"
AT_ONCE = 500
KIN: dict[type[Model], tuple[str, ...]] = {}
M = TypeVar("M", bound=Model)
Step: TypeAlias = Load | Rewrite | Unmoved
"""What is written of what was made apart, one after the other."""


_LOCKS = re.compile(r"\bFOR (UPDATE|NO KEY UPDATE|SHARE|KEY SHARE)\b")


class NotApart(Exception):
    """What is made must ask or change what is not there yet: it cannot be made ahead of its turn."""


class Torn(Exception):
    """A write failed after it had begun to write: what was written together cannot be told apart any more."""


@dataclass
class Waiting:
    """Rows that are not in the database yet, by model in the order of their first row; what changed of those that are;
    drawn ids that are left."""

    rows: dict[type[Model], dict[Any, Model]] = field(default_factory=dict)
    changed: dict[type[Model], dict[Any, dict[str, Any]]] = field(default_factory=dict)
    drawn: dict[str, Iterator[int]] = field(default_factory=dict)
    known: dict[tuple[type[Model], Any], Model] = field(default_factory=dict)
    born: set[Any] = field(default_factory=set)
    families: dict[tuple[type[Model], str, Any], dict[Any, Model]] = field(default_factory=dict)
    postponed: list[Any] = field(default_factory=list)
    settle: Callable[[list[Any]], Any] | None = None
    as_loads: Callable[[list[Any]], list[Load]] | None = None
    block: int = 1
    most: int = AT_ONCE
    writes: int = 0
    torn: bool = False
    inserting: bool = False

    def add(self, row: Model) -> None:
        """Let a row wait, as it is now. One that waits already is replaced."""
        model = type(row)
        key = row.pk
        waiting_rows = self.rows.get(model)
        if waiting_rows is None:
            waiting_rows = self.rows[model] = {}
        waiting_rows[("new", self.writes) if key is None else key] = _snapshot(row)
        self.writes += 1
        if len(waiting_rows) >= self.most:
            self.insert([model])

    def change(self, row: Model, names: Iterable[str]) -> bool:
        """Let these attributes of a stored row wait, as they are now. False: what they hold must be written at once."""
        values = as_rewritten(row, tuple(names))
        if values is None:
            return False
        model = type(row)
        rows = self.changed.setdefault(model, {})
        rows.setdefault(row.pk, {}).update(values)
        self.writes += 1
        if len(rows) >= self.most:
            self.rewrite([model])
        return True

    def holds(self, row: Model) -> bool:
        """Does this row still wait?"""
        return row.pk in self.rows.get(type(row), ())

    def know(self, row: Model) -> None:
        """This row is locked by us (or new), and this object is how it stands: it need not be read again."""
        key = row.pk
        self.known[type(row), key] = row
        for name in KIN.get(type(row), ()):
            parent = getattr(row, name)
            if parent in self.born:
                self.families.setdefault((type(row), name, parent), {})[key] = row

    def bear(self, row: Model) -> None:
        """This row is made here, and so is whatever will name it."""
        self.born.add(row.pk)

    def forget(self) -> None:
        """What an action left behind when it broke off is not how rows stand."""
        self.known.clear()
        self.born.clear()
        self.families.clear()

    def postpone(
        self, piece: Any, settle: Callable[[list[Any]], Any], as_loads: Callable[[list[Any]], list[Load]]
    ) -> None:
        """Let a piece of the ledger wait for `settle`, which writes many at once, or for who copies them in."""
        self.postponed.append(piece)
        self.settle, self.as_loads = settle, as_loads
        self.writes += 1

    def insert(self, models: Sequence[type[Model]]) -> None:
        """Insert what waits of these models."""
        self.inserting = True
        try:
            for model in models:
                copy_in(model, list(self.rows.pop(model).values()))
        finally:
            self.inserting = False

    def rewrite(self, models: Sequence[type[Model]]) -> None:
        """Write what changed of these models."""
        self.inserting = True
        try:
            for model in models:
                for each in rewrites(model, self.changed.pop(model)):
                    each.write()
        finally:
            self.inserting = False

    def named(self, text: str) -> tuple[list[type[Model]], list[type[Model]]]:
        """Models of which changes and new rows wait that a statement names."""
        changed = [model for model in self.changed if model._meta.db_table in text]
        return changed, [model for model in self.rows if model._meta.db_table in text]

    def before(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Write what a statement could miss, then run it."""
        if not self.inserting:
            text = str(sql)
            changed, new = self.named(text)
            self.rewrite(changed)
            self.insert(new)
            if self.postponed and LEDGER in text:
                self.write_ledger()
            self.writes += not text.startswith("SELECT")
        return execute(sql, params, many, context)

    def write_ledger(self) -> None:
        """Write the postponed pieces."""
        pieces, self.postponed = self.postponed, []
        self.inserting = True
        try:
            if self.settle:
                self.settle(pieces)
        finally:
            self.inserting = False

    def finish(self) -> None:
        """Write all. Changes first: what they give up may be taken by a new row."""
        self.rewrite(list(self.changed))
        self.insert(list(self.rows))
        self.write_ledger()


@dataclass
class Apart(Waiting):
    """Rows that are made here to be written elsewhere: nothing is written, what is read is read when `settled` says
    that all before is written. `carried`: rows as earlier steps leave them, which need not be written yet; `taken`:
    those that this step goes by, each as it stood before it."""

    settled: Callable[[], None] = lambda: None
    carried: Carried | None = None
    taken: dict[type[Model], dict[Any, int]] = field(default_factory=dict)
    astray: bool = False

    def before(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Let numbers be drawn and other tables be read. Raises NotApart."""
        text = str(sql)
        if not (self.inserting or text.startswith(("SELECT nextval", "SAVEPOINT", "RELEASE SAVEPOINT"))):
            named = any(self.named(text)) or (self.postponed and LEDGER in text)
            if named or not text.startswith("SELECT") or _LOCKS.search(text):
                raise NotApart
            self.settled()
        return execute(sql, params, many, context)

    def take(self, model: type[Model], ids: Sequence[Any]) -> None:
        """Go by these rows without locking them: who writes the step locks them and looks whether they still stand like
        this. Raises NotApart."""
        if self.carried is None:
            raise NotApart
        if self.carried.forgets(model, ids):
            self.settled()
        self.inserting = True  # what is on its way was carried: nothing that is read here is still to be written
        try:
            found = self.carried.rows(model, ids)
        finally:
            self.inserting = False
        if found is None:
            raise NotApart
        versions = self.taken.setdefault(model, {})
        for row in found:
            versions[row.pk] = row.version
            self.know(row)

    def forget(self) -> None:
        """What was taken may have been changed by an action that broke off: then nobody can go by it."""
        super().forget()
        self.astray = bool(self.taken)

    def insert(self, models: Sequence[type[Model]]) -> None:
        """Raises NotApart: rows wait for `loads`."""
        del models
        raise NotApart

    def rewrite(self, models: Sequence[type[Model]]) -> None:
        """Raises NotApart: changes wait for `loads`."""
        del models
        raise NotApart

    def loads(self) -> list[Step]:
        """All as it is to be written, in this order. Raises NotApart."""
        if self.torn or self.astray:
            raise NotApart
        try:
            new = [load_of(model, list(rows.values())) for model, rows in self.rows.items()]
        except Uncopied:
            raise NotApart from None
        unmoved = [Unmoved(model, versions) for model, versions in self.taken.items()]
        changes = [each for model, rows in self.changed.items() for each in rewrites(model, rows)]
        return [*unmoved, *changes, *new, *(self.as_loads(self.postponed) if self.as_loads else ())]


def _snapshot(row: M) -> M:
    """The row with the values it has now."""
    taken = type(row).__new__(type(row))
    taken.__dict__.update(row.__dict__)
    return taken


waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)


@contextmanager
def together(rows: int = 1, most: int = AT_ONCE) -> Iterator[Waiting]:
    """Actions run inside are one transaction; each keeps its own event. Raises Torn when one of them was refused
    after it had begun to write, and then nothing is written. Refused ones that wrote nothing do no harm.

    `rows`: how many new rows to expect; ids and code numbers are drawn in blocks of that size. `most`: how many rows of
    a table may wait; what changes while it waits is written once.
    """
    outer = waiting.get()
    if outer is not None:
        yield outer
        return
    mine = Waiting(block=rows, most=most)
    token = waiting.set(mine)
    try:
        with transaction.atomic(), connection.execute_wrapper(mine.before):
            yield mine
            if mine.torn:
                raise Torn
            mine.finish()
    finally:
        waiting.reset(token)


@contextmanager
def apart(rows: int, settled: Callable[[], None], carried: Carried | None = None) -> Iterator[Apart]:
    """Actions run inside write nothing: what they make is asked for as `loads`, to be written in a transaction of its
    own. `settled` waits until what was made before is written. Raises NotApart where actions need more than that."""
    mine = Apart(block=rows, most=sys.maxsize, settled=settled, carried=carried)
    token = waiting.set(mine)
    try:
        with connection.execute_wrapper(mine.before):
            yield mine
    finally:
        waiting.reset(token)


class _Part:
    """The frame of one action among others that are written together."""

    __slots__ = ("before", "mine")

    def __init__(self, mine: Waiting) -> None:
        self.mine, self.before = mine, mine.writes

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        if kind is not None:
            self.mine.torn = self.mine.torn or self.mine.writes != self.before
            self.mine.forget()


def one_write() -> AbstractContextManager[None]:
    """The frame of one action: a transaction of its own, or its part of what is done together."""
    mine = waiting.get()
    return transaction.atomic() if mine is None else _Part(mine)


def insert(row: Model) -> None:
    """Insert a new row, now or together with others. Not for rows whose database id is needed at once."""
    mine = waiting.get()
    if mine is None:
        row.save(force_insert=True)
        return
    mine.add(row)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def declare_kin(model: type[Model], *attributes: str) -> None:
    """Rows of this model are asked for by these columns, each naming another row, while they are written together."""
    KIN[model] = attributes


def kin(model: type[M], attribute: str, parent_id: Any) -> list[M] | None:
    """All rows of a model that name this one, as they stand, when it was made in the frame at hand: then they were too.
    None: ask the database. Only for records, and for columns that are declared."""
    mine = waiting.get()
    if mine is None or parent_id not in mine.born or attribute not in KIN.get(model, ()):
        return None
    family = mine.families.get((model, attribute, parent_id), {})
    return [row for row in family.values() if isinstance(row, model) and getattr(row, attribute) == parent_id]


def held(model: type[M], row_id: Any) -> M | None:
    """The row as it stands, when it was locked or made in the frame at hand. For steps that have its lock."""
    mine = waiting.get()
    row = mine.known.get((model, row_id)) if mine else None
    return row if isinstance(row, model) else None


def hold(row: M) -> M:
    """A row that was locked in the frame at hand other than at its door: `held` gives it from now on."""
    mine = waiting.get()
    if mine:
        mine.know(row)
    return row


def lock_ahead(model: type[Model], row_ids: Iterable[Any]) -> None:
    """Lock rows that actions in the frame at hand will ask for one by one, in one statement and in their order. Who may
    do what with them is still asked at the door of each. Raises NotApart."""
    mine = waiting.get()
    ids = sorted({row_id for row_id in row_ids if mine and (model, row_id) not in mine.known})
    if isinstance(mine, Apart) and ids:
        mine.take(model, ids)
    elif mine and ids:
        for row in model._default_manager.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)):
            mine.know(row)


def draw(sequence: str, count: int = 1) -> list[int]:
    """`count` fresh numbers of a sequence, rising. Together they are drawn in blocks; gaps are allowed."""
    mine = waiting.get()
    if mine is None:
        return _next(sequence, count)
    left = mine.drawn.get(sequence, iter(()))
    if count == 1:
        number = next(left, None)
        if number is not None:
            return [number]
    numbers = []
    for _each in range(count):
        number = next(left, None)
        if number is None:
            left = mine.drawn[sequence] = iter(_next(sequence, mine.block))
            number = next(left)
        numbers.append(number)
    return numbers


def _next(sequence: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [int(row[0]) for row in cursor.fetchall()]
