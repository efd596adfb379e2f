"""Reads of imports: everybody sees his own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When

from genjin.kernel.actor import Actor
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.refusal import NotFound
from genjin.surfaces.imports.models import AT_WORK, Brought, Import, ImportRow, RowState, State
from genjin.surfaces.imports.policy import Policy

RESTING = (JobProgress.State.FAILED, JobProgress.State.CANCELLED)


def import_for(actor: Actor, import_id: int, *, lock: bool = False) -> Import:
    """The door to one's own import. Raises NotFound."""
    rows = Import.objects.filter(pk=import_id, member=actor.member_id)
    row = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if row is None:
        raise NotFound
    return row


def imports_of(actor: Actor, most: int = 10, *, after: int | None = None) -> list[Import]:
    """One's own imports, newest first; `after` is the id of the last one seen (history, page by page)."""
    rows = Import.objects.filter(member=actor.member_id).defer("layout", "rules")
    return list((rows.filter(pk__lt=after) if after else rows).order_by("-id")[:most])


def filename_of(actor: Actor, import_id: int) -> str:
    """The name of the file of one's own import; '' for others."""
    found = Import.objects.filter(pk=import_id, member=actor.member_id).values_list("filename", flat=True)
    return found.first() or ""


def records_of(actor: Actor, import_id: int, record_type: str, verb: str) -> QuerySet[Brought]:
    """The ids of what one's own import made or changed of a type, as a subquery."""
    own = Import.objects.filter(pk=import_id, member=actor.member_id).values("pk")
    rows = Brought.objects.filter(batch_id__in=own, record_type=record_type, verb=verb)
    return rows.values("record_id")  # type: ignore[return-value]  # a subquery


def rows_of(
    batch: Import, state: int | None = None, *, after: int = 0, before: int = 0, most: int = 50, why: str = ""
) -> list[ImportRow]:
    """Rows in the order of the file behind row number `after`, or the last ones in front of `before`. `state` as a
    person sees it now (`shown_as`), `why` one kind of duplicates."""
    rows = _in_state(batch, state) if state is not None else ImportRow.objects.filter(batch_id=batch.pk)
    if why:
        rows = rows.filter(duplicate_why=why)
    if before:
        return list(rows.filter(number__lt=before).order_by("-number")[:most])[::-1]
    return list(rows.filter(number__gt=after).order_by("number")[:most])


def row_of(batch: Import, number: int) -> ImportRow:
    """One row by its number. Raises NotFound."""
    row = ImportRow.objects.filter(batch_id=batch.pk, number=number).first()
    if row is None:
        raise NotFound
    return row


def brought_by(batch: Import, numbers: Sequence[int]) -> dict[int, list[tuple[str, int, str]]]:
    """{row number: [(record type, id, "made" | "changed" | "used")]} of what these rows brought."""
    found: dict[int, list[tuple[str, int, str]]] = {}
    rows = Brought.objects.filter(batch_id=batch.pk, number__in=list(numbers)).order_by("number", "id")
    for number, record_type, record_id, verb in rows.values_list("number", "record_type", "record_id", "verb"):
        found.setdefault(number, []).append((record_type, record_id, verb))
    return found


def kept_rows(batch: Import, *, after: int = 0, most: int = 50) -> list[Brought]:
    """What an undone import left as it is, with the reason in `kept`; `after` is the id of the last one seen."""
    return list(Brought.objects.filter(batch_id=batch.pk, pk__gt=after).exclude(kept="").order_by("pk")[:most])


def shown_as(batch: Import, row: ImportRow, brought: bool) -> RowState:
    """What became of a row, as a person sees it: `brought` tells whether it brought anything."""
    state = RowState(row.state)
    if state not in (RowState.READY, RowState.DUPLICATE) or row.number > batch.position or not _begun(batch):
        return state
    return RowState.BROUGHT if brought else RowState.SKIPPED


def counts(batch: Import) -> dict[int, int]:
    """{RowState: rows} as a person sees them; states without rows count 0. One query."""
    found = dict.fromkeys(map(int, RowState), 0)
    rows = ImportRow.objects.filter(batch_id=batch.pk)
    if not _begun(batch):
        found.update(rows.values_list("state").annotate(n=Count("number")).order_by())
        return found
    brought = Exists(Brought.objects.filter(batch_id=OuterRef("batch_id"), number=OuterRef("number")))
    told = rows.annotate(past=Case(When(number__lte=batch.position, then=True), default=False), has=brought)
    for state, done, has, n in told.values_list("state", "past", "has").annotate(n=Count("number")).order_by():
        open_ = state in (RowState.READY, RowState.DUPLICATE) and done
        found[int(RowState.BROUGHT if has else RowState.SKIPPED) if open_ else state] += n
    return found


@dataclass(frozen=True)
class Group:
    """The duplicates of one kind: how many rows, what becomes of them, the first of them."""

    why: str
    rows: int
    decision: str
    first: list[ImportRow] = field(default_factory=list)


def duplicate_groups(batch: Import, most: int = 5) -> list[Group]:
    """The kinds of duplicates that an import has, most rows first; each is decided about once."""
    rows = ImportRow.objects.filter(batch_id=batch.pk, state=RowState.DUPLICATE)
    policy = Policy.from_json(batch.policy)
    found = rows.values_list("duplicate_why").annotate(n=Count("number")).order_by("-n")
    return [
        Group(why, n, policy.decision(why), list(rows.filter(duplicate_why=why).order_by("number")[:most]))
        for why, n in found
    ]


@dataclass(frozen=True)
class Progress:
    """How far the work at hand is. `seconds_left` None: not known yet; `stopped`: its job ended without it."""

    done: int
    total: int
    seconds_left: int | None
    stopped: bool

    @property
    def percent(self) -> int:
        """0–100."""
        return min(100, self.done * 100 // self.total) if self.total else 0


def progress(actor: Actor, batch: Import) -> Progress:
    """How far an import is that is checked, run or undone now."""
    del actor
    work = {State.CHECKING: "checking", State.RUNNING: "running", State.UNDOING: "undoing"}.get(State(batch.state), "")
    done, total = int(batch.counts.get("done", 0)), batch.total
    spent = float(batch.clock.get(work, 0))
    left = round(spent / done * (total - done)) if done and spent and total >= done else None
    return Progress(done, total, left, batch.state in AT_WORK and _resting(batch))


def _resting(batch: Import) -> bool:
    if batch.job_id is None:
        return False
    state = JobProgress.objects.filter(pk=batch.job_id).values_list("state", flat=True).first()
    return state is None or state in RESTING


def _begun(batch: Import) -> bool:
    return batch.begun_at is not None


def _in_state(batch: Import, state: int) -> QuerySet[ImportRow]:
    rows = ImportRow.objects.filter(batch_id=batch.pk)
    open_ = Q(state__in=(RowState.READY, RowState.DUPLICATE))
    if not _begun(batch):
        return rows.filter(state=state)
    brought = Exists(Brought.objects.filter(batch_id=OuterRef("batch_id"), number=OuterRef("number")))
    past = open_ & Q(number__lte=batch.position)
    if state == RowState.BROUGHT:
        return rows.filter(past & Q(brought))
    if state == RowState.SKIPPED:
        return rows.filter((past & ~Q(brought)) | Q(state=state))
    return rows.filter(state=state).exclude(past)
