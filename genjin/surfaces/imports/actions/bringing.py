"""Bringing checked rows in through the bulk form of the actions; what came of each row is kept beside it. A step of the
import's own action.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from genjin.duplicates.guarding import CONFIRM as KNOWN
from genjin.duplicates.guarding import compared_before
from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor
from genjin.kernel.careful import Passing, letting_pass
from genjin.kernel.carrying import Carried
from genjin.kernel.copying import Load, body, without_waiting
from genjin.kernel.doors import POOL
from genjin.kernel.fields import Values
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.kernel.together import Apart, NotApart, Step, Torn, apart, lock_ahead, together
from genjin.kernel.wording import clauses
from genjin.ownership.standing import filling
from genjin.surfaces.imports.actions.known import already_there, blanks_only, spoken_with, with_contacts
from genjin.surfaces.imports.actions.leading import OPEN, Leaders
from genjin.surfaces.imports.actions.newcomers import Others
from genjin.surfaces.imports.checking import Checker, Parts, checker_of, mended, unpacked
from genjin.surfaces.imports.kinds import KINDS, OWNER, Part
from genjin.surfaces.imports.models import Brought, Decision, Import, ImportRow, RowState
from genjin.surfaces.imports.policy import MINE, Policy
from genjin.surfaces.imports.whys import FORBIDDEN, is_forbidden, is_own
from genjin.surfaces.imports.whys import words_of as words_of_why

FETCHED = ("number", "state", "values", "title", "follows", "duplicate_of", "duplicate_why", "decision")
WRITTEN = ("cells", "fixes")
BROUGHT = ("batch_id", "number", "record_type", "record_id", "version", "verb", "kept")
MOST_IN_VAIN = 3


@dataclass(slots=True)
class Fate:
    """What becomes of one row."""

    number: int
    values: Parts
    title: str
    creates: bool = False
    customer_id: int | None = None
    follows: int | None = None
    decision: str = ""
    refused: list[str] = field(default_factory=list)
    brought: list[tuple[str, int, str, int]] = field(default_factory=list)
    row: Record | None = None
    owner: int | None = None


@dataclass(slots=True)
class Prepared:
    """Rows behind `after` up to `last` as they are to be written; `begun`: on the clock of this machine."""

    after: int
    last: int
    counts: dict[str, int]
    loads: list[Step]
    refused: list[tuple[int, list[str]]]
    begun: float

    def write(self, batch: Import) -> tuple[int, dict[str, int]]:
        """Write them: (the number of the last one, the counts so far). That power may fail costs the last of these
        steps, never a part of one, so nobody waits for the disk."""
        without_waiting()
        for load in self.loads:
            load.write()
        _keep_refused(batch, self.refused)
        return self.last, self.counts


class Bringing:
    """Brings one import's rows in, chunk after chunk."""

    def __init__(self, actor: Actor, batch: Import) -> None:
        self.actor = actor
        self.kind = KINDS[batch.kind]
        self.anchor = self.kind.anchor
        self.model: Any = self.kind.anchor_type.model
        self.policy = Policy.from_json(batch.policy)
        self._fresh = batch.stamp == actor.stamp
        self._checker: Checker | None = None
        self._others = Others(actor, batch)
        self._turn = 0
        self._in_vain = 0
        self._carried = Carried()
        self._leaders = Leaders(batch, self.anchor.key)
        self.ended = 0.0

    def bring(self, batch: Import, most: int) -> tuple[int | None, dict[str, int]]:
        """Bring the next rows: (the number of the last one, or None when there was none; the counts so far)."""
        fetched = self._fetched(batch, most)
        if not fetched:
            return None, batch.counts
        self._others.look()
        fates = self._together(batch, [row for row in fetched if row[1] in OPEN])
        _brought(batch, fates, self._versions(fates)).write()
        _keep_refused(batch, [(fate.number, fate.refused) for fate in fates if fate.refused])
        return fetched[-1][0], self._counted(batch, fetched, fates)

    def prepare(self, batch: Import, most: int, settled: Callable[[], None]) -> Prepared | None:
        """The next rows, made by the same actions but not written: those before them may still be on their way, until
        `settled` returns. None where they cannot be made ahead of their turn, or none is left: then `bring` does it."""
        begun = time.perf_counter()
        fetched = self._fetched(batch, most) if self._in_vain < MOST_IN_VAIN else []
        if not fetched:
            return None
        self._others.look()
        try:
            with apart(len(fetched), settled, self._carried) as made:
                fates = self._run(self._fates(batch, [row for row in fetched if row[1] in OPEN]))
                loads = [*made.loads(), _brought(batch, fates, self._carry(fates, made))]
        except NotApart:
            self._in_vain += 1
            return None
        self._in_vain = 0
        refused = [(fate.number, fate.refused) for fate in fates if fate.refused]
        counts = self._counted(batch, fetched, fates)
        return Prepared(batch.position, fetched[-1][0], counts, loads, refused, begun)

    def _carry(self, fates: Sequence[Fate], made: Apart) -> dict[int, int]:
        """Keep what later rows may go by: records that were there, and those of rows that others follow. The versions
        of all as this step leaves them."""
        known: dict[int, Any] = {pk: row for (model, pk), row in made.known.items() if model is self.model}
        asked = {*made.taken.get(self.model, ()), *self._leaders.keep(fates)}
        self._carried.keep(known[row_id] for row_id in asked if row_id in known)
        rows = (fate.row for fate in fates if fate.row is not None)
        return {row.pk: row.version for row in (*rows, *known.values())}

    def _fetched(self, batch: Import, most: int) -> list[Any]:
        rows = ImportRow.objects.filter(batch_id=batch.pk, number__gt=batch.position).order_by("number")
        return list(rows.values_list(*(FETCHED if self._fresh else (*FETCHED, *WRITTEN)))[:most])

    def _together(self, batch: Import, rows: Sequence[Any]) -> list[Fate]:
        """All rows in one frame; once more row by row when one of them broke off while writing."""
        try:
            with together(len(rows) or 1, most=max(len(rows), 1) * 2):
                return self._run(self._fates(batch, rows))
        except (Torn, IntegrityError):
            return self._run(self._fates(batch, rows))

    def _fates(self, batch: Import, rows: Sequence[Any]) -> list[Fate]:
        self._turn = int(batch.counts.get("shared", 0))
        fates = [self._fate(batch, row) for row in rows]
        earlier = {fate.follows for fate in fates if fate.follows} - {fate.number for fate in fates}
        self._for_followers(batch, fates)
        found = self._leaders.became(earlier) if earlier else {}
        for fate in fates:
            fate.customer_id = fate.customer_id or found.get(fate.follows or 0)
        return fates

    def _for_followers(self, batch: Import, fates: Sequence[Fate]) -> None:
        """A customer of whom a row brings nothing itself is made where further rows bring something for him."""
        idle = {f.number: f for f in fates if not (f.creates or f.follows or f.customer_id or f.decision or f.refused)}
        if idle:
            rows = ImportRow.objects.filter(batch_id=batch.pk, follows__in=list(idle), state__in=OPEN)
            for number in rows.values_list("follows", flat=True):
                idle[number or 0].creates = True

    def _fate(self, batch: Import, row: Any) -> Fate:
        number, state, values, title, follows, duplicate_of, why, own, *written = row
        fate = Fate(number, unpacked(values), title, follows=follows)
        if not self._fresh:
            self._check_again(fate, mended(*written), batch)
        same = is_own(why)
        if same:
            fate.customer_id = duplicate_of
            if self.policy.decision(why, own) == Decision.SKIP:  # the row's own record; others of its customer go on
                fate.values.pop(self.kind.main, None)
        elif state == RowState.DUPLICATE:
            fate.decision = self.policy.decision(why, own)
            if fate.decision not in (Decision.SKIP, Decision.CREATE):
                fate.customer_id = duplicate_of
            elif is_forbidden(why):
                names = {"type": str(self.kind.anchor_type.label), "why": words_of_why(why.removesuffix(FORBIDDEN))}
                fate.refused.append(_("已有这个%(type)s（%(why)s），按查重规则不能重复新建") % names)
        elif duplicate_of:
            fate.decision, fate.customer_id = Decision.ATTACH, duplicate_of
        brings = self.kind.main in fate.values
        fate.creates = (
            not follows and fate.customer_id is None and fate.decision != Decision.SKIP and (brings or not same)
        )
        if brings and self.kind.given_part is not self.anchor:
            fate.owner = self._owner(fate)
        return fate

    def _owner(self, fate: Fate) -> int | None:
        """Whose what the row makes is to be: as a column says, else as the policy does."""
        named = None if self.policy.assign == MINE else fate.values.get(OWNER, {}).get(OWNER)
        return named or self._next_owner()

    def _check_again(self, fate: Fate, cells: Sequence[Any], batch: Import) -> None:
        """Options or members changed since the rows were checked."""
        self._checker = self._checker or checker_of(self.actor, batch)
        checked = self._checker.check(cells)
        fate.values = checked.values
        fate.refused = [problem.words for problem in checked.problems if problem.blocking]

    def _run(self, fates: list[Fate]) -> list[Fate]:
        with compared_before({self.anchor.key, self.kind.main}):
            return self._brought(fates)

    def _brought(self, fates: list[Fate]) -> list[Fate]:
        self._others.refuse([f for f in fates if f.creates])
        self._anchors([f for f in fates if f.creates and not f.refused])
        self._join(fates)
        open_ = [f for f in fates if not f.refused and f.customer_id and f.decision != Decision.SKIP]
        self._change([f for f in open_ if not f.follows and f.decision in (Decision.FILL, Decision.OVERWRITE)])
        spoken_with(open_)
        already_there(open_)
        also = {part.key for part in self.kind.parts if part is not self.anchor}
        bringing = (f for f in open_ if not f.refused and also & {name.partition(".")[0] for name in f.values})
        lock_ahead(self.model, [fate.customer_id for fate in bringing if fate.customer_id])
        pooled = self._pooled(open_)
        with filling(self.actor, pooled) as filled:
            for part in self.kind.parts:
                if part.key == "followup":
                    with_contacts([f for f in open_ if not f.refused])
                if part is not self.anchor:
                    self._parts(part, [f for f in open_ if not f.refused])
                made = (piece for fate in open_ if fate.customer_id in pooled for piece in fate.brought)
                filled(record_id for _key, record_id, _verb, _version in made)
        for fate in open_:
            if fate.row is None and fate.brought and fate.customer_id:
                fate.brought.append((self.anchor.key, fate.customer_id, "used", 0))
        return fates

    def _anchors(self, fates: Sequence[Fate]) -> None:
        """Make the customers (or whatever else the rows are about) that are not there."""
        action = self.anchor.action
        own = {f.key for f in action.own_inputs}

        def call(fate: Fate) -> Callable[[], Record]:
            given = dict(fate.values.get(self.anchor.key, {}))
            given.pop("code", None)
            if self.kind.given_part is self.anchor:
                fate.owner = self._owner(fate)
            said = {key: given.pop(key) for key in list(given) if key in own}
            into = "" if fate.owner else self._pool()
            said |= {"owner": fate.owner, "duplicate_known": True} | ({"pool": into} if into else {})

            def made() -> Record:
                row: Record = action.function(self.actor, values=Values(given), **said)
                fate.row = row
                return row

            return made

        _run_calls(action, self.actor, fates, call)
        for fate in fates:
            if fate.row is not None and not fate.refused:
                fate.customer_id = fate.row.pk
                fate.brought.append((self.anchor.key, fate.row.pk, "made", 1))

    def _pool(self) -> str:
        """The pool that takes what nobody is named for: it is one of records that rows give to owners."""
        return self.policy.into if self.kind.given_part is self.anchor else ""

    def _next_owner(self) -> int | None:
        """Whose a customer is that no column gives to anybody."""
        self._turn += 1
        return self.policy.owner_of(self._turn - 1)

    def _pooled(self, fates: Sequence[Fate]) -> set[int]:
        """The customers that this import itself has put into its pool: what belongs to them is brought too."""
        if not self._pool():
            return set()
        made = {fate.row.pk for fate in fates if fate.row is not None and getattr(fate.row, POOL, None)}
        earlier = {fate.customer_id for fate in fates if fate.follows and fate.customer_id} - made
        mine = {"imported": True, "created_by": self.actor.member_id, "pool_id": self.policy.pool or 0}
        rows = self.model._default_manager.filter(**mine)
        return made | set(rows.filter(pk__in=earlier).values_list("pk", flat=True) if earlier else ())

    def _join(self, fates: Sequence[Fate]) -> None:
        """Rows about a customer of an earlier row."""
        leaders = {fate.number: fate for fate in fates}
        for fate in fates:
            leader = leaders.get(fate.follows or 0)
            if leader is not None:
                fate.customer_id = leader.customer_id
                fate.decision = leader.decision if leader.decision == Decision.SKIP else fate.decision
            if fate.follows and fate.customer_id is None and fate.decision != Decision.SKIP:
                fate.refused.append(_("同一客户的第 %d 行没有导入") % fate.follows)

    def _change(self, fates: Sequence[Fate]) -> None:
        """Fill or overwrite the customers (or others) that are there."""
        edit = self.anchor.edit
        if not fates or edit is None:
            return
        wanted = blanks_only(self.actor, self.kind.anchor_type, fates)
        run = edit.function

        def call(fate: Fate) -> Callable[[], Any]:
            return lambda: run(self.actor, fate.customer_id, values=wanted[fate.number])

        changed = [fate for fate in fates if wanted.get(fate.number)]
        _run_calls(edit, self.actor, changed, call)
        for fate in changed:
            if not fate.refused and fate.customer_id:
                fate.brought.append((self.anchor.key, fate.customer_id, "changed", 0))

    def _parts(self, part: Part, fates: Sequence[Fate]) -> None:
        """Contacts, follow-ups, plans, opportunities: each with its customer."""
        for name in dict.fromkeys(name for fate in fates for name in fate.values if name.partition(".")[0] == part.key):
            wanted = [fate for fate in fates if fate.values.get(name)]
            _run_calls(part.action, self.actor, wanted, partial(self._part, part, name))

    def _part(self, part: Part, name: str, fate: Fate) -> Callable[[], Any]:
        given = dict(fate.values[name])
        own = {f.key for f in part.action.own_inputs}
        arguments: dict[str, Any] = {k: given.pop(k) for k in list(given) if k in own}
        arguments |= {"owner": fate.owner} if part.has_owner else {}
        arguments |= {"duplicate_known": True} if KNOWN in own else {}
        values = Values(customer=fate.customer_id, **given)

        def made() -> Any:
            row = part.action.function(self.actor, values=values, **arguments)
            fate.brought.append((part.key, row.pk, "made", row.version))
            return row

        return made

    def _versions(self, fates: Iterable[Fate]) -> dict[int, int]:
        """The versions of customers as they stand now; what else was made is in its first version."""
        key = self.anchor.key
        ids = {record_id for fate in fates for record_type, record_id, *_how in fate.brought if record_type == key}
        rows = self.model._default_manager.filter(pk__in=ids)
        return dict(rows.values_list("pk", "version"))

    def _counted(self, batch: Import, fetched: Sequence[Any], fates: Sequence[Fate]) -> dict[str, int]:
        counts = dict(batch.counts)

        def add(key: str, more: int) -> None:
            counts[key] = counts.get(key, 0) + more

        add("done", len(fetched))
        if self.policy.taking_turns:
            counts["shared"] = self._turn
        add("refused", sum(row[1] == RowState.BAD for row in fetched) + sum(bool(f.refused) for f in fates))
        add("skipped", sum(row[1] == RowState.SKIPPED for row in fetched))
        add("duplicates", sum(not f.refused and not f.brought for f in fates))
        for fate in fates:
            for record_type, _id, verb, _version in fate.brought:
                if verb == "made":
                    add(RECORD_TYPES[record_type].plural, 1)
                elif verb == "changed":
                    add("changed", 1)
        return counts


def _run_calls(
    made_by: Action[Any, Any], actor: Actor, fates: Sequence[Fate], call: Callable[[Fate], Callable[[], Any]]
) -> None:
    if not fates:
        return
    with letting_pass(Passing.WARNED):  # what was found in the rows has been shown
        outcome = made_by.run_calls(actor, [(fate.number, call(fate)) for fate in fates])
    refused: Mapping[int, Refused] = dict(outcome.refused)
    for fate in fates:
        if fate.number in refused:
            fate.refused.append(words_of(refused[fate.number]))


def words_of(refusal: Refused) -> str:
    """A refusal as one sentence."""
    return clauses(refusal.errors.values()) or refusal.message


def _brought(batch: Import, fates: Sequence[Fate], versions: Mapping[int, int]) -> Load:
    """What came of each row, with the version each record now has."""
    lines = [
        f"{batch.pk}\t{fate.number}\t{record_type}\t{record_id}\t{versions.get(record_id, version)}\t{verb}\t"
        for fate in fates
        for record_type, record_id, verb, version in fate.brought
    ]
    return Load(Brought._meta.db_table, BROUGHT, body(lines))


def _keep_refused(batch: Import, refused: Iterable[tuple[int, list[str]]]) -> None:
    for number, words in refused:
        failed = ImportRow.objects.filter(batch_id=batch.pk, number=number)
        failed.update(state=RowState.FAILED, problems=[[-1, clauses(words), "", True]])
