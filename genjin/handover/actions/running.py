"""Running a handover: its things are listed, then they change hands, some hundreds of one receiver in each step.

A step is a transaction: a worker that is killed leaves whole steps, and whoever goes on finds what is still waiting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.handover.actions.ending import end_handover
from genjin.handover.actions.moving import hand_over
from genjin.handover.actions.preparing import at_hand, check_arrangement
from genjin.handover.arrangement import Arrangement
from genjin.handover.grants import MANAGE
from genjin.handover.models import Handover, Item
from genjin.handover.queries import Load, handover_for, keys_of, preview, progress, shared
from genjin.handover.receivers import member_of
from genjin.handover.rules import MOVES, Kind, Standing, State, in_turn
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.copying import copy_in
from genjin.kernel.fields import YesNo
from genjin.kernel.handing import PARTS, Handed
from genjin.kernel.jobs import start_job
from genjin.kernel.models.rows import fresh
from genjin.kernel.recording import record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.kernel.updating import update_each
from genjin.kernel.wording import listed
from genjin.org.actions.members import leave, member_row
from genjin.org.queries import organisation

JOB = "handovers.work"
AT_ONCE = 200
CHUNK = 500
STEP = "a step that finds nothing to do; whoever does something records it"
Forced = Annotated[
    bool,
    YesNo(key="force", label=gettext_lazy("超出容量也交接"), help=gettext_lazy("只有管理员可以；会记入审计日志")),
]


@action(
    "handovers.begin", on=Handover, needs=MANAGE, label=gettext_lazy("开始交接"), icon="user-check", listed=False,
    danger=True,
)  # fmt: skip
def begin_handover(actor: Actor, handover_id: int, *, force: Forced = False, waiting: bool = False) -> Handover:
    """Hand over now. Who resigns is signed out everywhere at once (B16). A short one is run by the caller, a long one
    by a job; `waiting`: the caller runs any. Raises Refused("nobody"), Refused("over") with the numbers, which an
    administrator may force."""
    row = at_hand(actor, handover_id)
    asked = Arrangement.from_json(row.arrangement)
    check_arrangement(actor, row, asked)
    seen = preview(actor, row)
    if seen.total and not seen.moving and not asked.parts:
        raise Refused("nobody", _("还没有选择接收人，请先分配"), "to")
    row.forced = _within_room(actor, [load for load in seen.loads if load.over], force=force)
    MOVES.move(row, State.RUNNING)
    row.begun_by_id, row.begun_at, row.staged, row.total = actor.member_id, actor.now(), [], seen.total
    start(actor, row, waiting=waiting or seen.total <= AT_ONCE)
    record(actor, row)
    leaver = member_row(row.leaver_id)
    if row.kind == Kind.RESIGNATION and leaver.is_active:
        leave(actor, leaver)
    return row


@action("handovers.go_on", on=Handover, needs=MANAGE, label=gettext_lazy("继续交接"), listed=False)
def go_on(actor: Actor, handover_id: int, *, waiting: bool = False) -> Handover:
    """Go on with one whose job ended half-way. Raises Refused("bad_move") while somebody works on it."""
    row = handover_for(actor, handover_id, lock=True)
    if not progress(row).stopped and not waiting:
        raise Refused("bad_move", _("交接正在进行，不用继续"))
    start(actor, row, waiting=waiting)
    record(actor, row)
    return row


@action(
    "handovers.move_next",
    on=Handover,
    needs=MANAGE,
    label=gettext_lazy("交接"),
    icon="user-check",
    silent=STEP,
    listed=False,
)
def move_next(actor: Actor, handover_id: int) -> Handover:
    """The next step: list the things of a part, or give the next ones to whom they are meant for; with the last ones
    the handover is done."""
    row = handover_for(actor, handover_id, lock=True)
    if row.state != State.RUNNING:
        return row
    left = [key for key in keys_of(row) if key not in row.staged]
    if left:
        _stage(actor, row, left[0])
        return row
    first = Item.objects.filter(handover_id=row.pk, state=Standing.WAITING).order_by("pk").first()
    if first is None:
        end_handover(actor, row, State.DONE)
        return row
    alike = Item.objects.filter(
        handover_id=row.pk, state=Standing.WAITING, part=first.part, to=first.to, pk__gte=first.pk
    )
    chunk = list(alike.order_by("pk")[:CHUNK])
    passing = hand_over(actor, row, first.part, [item.row_id for item in chunk], first.to)
    settle(chunk, passing.done, passing.kept, Standing.MOVED, Standing.STAYED)
    row.done += len(chunk)
    Handover.objects.filter(pk=row.pk).update(done=row.done)
    return row


def settle(chunk: Sequence[Item], done: Sequence[Handed], kept: dict[int, str], yes: Standing, no: Standing) -> None:
    """Write down what became of some things: `yes` for what was done, `no` for the others. One statement."""
    passed = {each.row_id: each for each in done}
    for item in chunk:
        there = passed.get(item.row_id)
        item.state, item.why = (yes, "") if there else (no, kept.get(item.row_id, _("已不归他负责"))[:200])
        if there:
            item.version, item.note = there.version, dict(there.note)
    update_each(list(chunk), ("state", "why", "version", "note"))


def start(actor: Actor, row: Handover, *, waiting: bool) -> None:
    """Let a job do what is left, unless the caller does it."""
    name = organisation(actor).people[row.leaver_id].name
    words = _("撤销「%s」的交接") if row.state == State.UNDOING else _("交接「%s」名下的内容")
    row.job_id = None if waiting else start_job(actor, JOB, title=words % name, handover_id=row.pk).pk


def _within_room(actor: Actor, over: Sequence[Load], *, force: bool) -> bool:
    """Whether too much was forced. Raises Refused("over")."""
    if not over:
        return False
    if force and actor.administrator:
        return True
    words = [
        _("%(name)s（%(what)s现有 %(has)d，将接收 %(gets)d，最多还能接收 %(room)d）")
        % {"name": load.name, "what": load.label, "has": load.has, "gets": load.gets, "room": load.room}
        for load in over
    ]
    told = _("超出接收人的容量：%s；请换人或均分，管理员可以强制交接") % listed(words)
    raise Refused("over", told, "force")


def _stage(actor: Actor, row: Handover, key: str) -> None:
    """List the things of a type or part with who is to have each. In one transaction, so that it is whole or not."""
    found = list(_meant(actor, row, key))
    copy_in(Item, found)
    row.staged = [*row.staged, key]
    row.total = Item.objects.filter(handover_id=row.pk).count()
    row.done += sum(item.state != Standing.WAITING for item in found)
    Handover.objects.filter(pk=row.pk).update(staged=row.staged, total=row.total, done=row.done)


def _meant(actor: Actor, row: Handover, key: str) -> Iterator[Item]:
    arrangement = Arrangement.from_json(row.arrangement)
    part, ends = PARTS.get(key), key in PARTS and PARTS[key].ends
    given = [share.to for share in arrangement.shares_of(key)] + [arrangement.of(key)]
    places = [0] * len(given)
    for row_id, share, above in _things(actor, row, arrangement, key):
        to = _along(row, *above) if above else ""
        to = to if member_of(to) else ""
        if not to and not ends:
            to = in_turn(places[share], [one for one in given[share] if not part or member_of(one)])
            places[share] += 1
        waits = bool(to) or ends
        yield fresh(
            Item,
            handover_id=row.pk,
            part=key,
            row_id=row_id,
            to=to,
            state=Standing.WAITING if waits else Standing.STAYED,
            why="" if waits else _("没有指定接收人"),
        )


def _things(
    actor: Actor, row: Handover, arrangement: Arrangement, key: str
) -> Iterator[tuple[int, int, tuple[str, int] | None]]:
    """(id, place of its share, type and id of the record that it goes with) of a type's records or a part's rows."""
    if key in RECORD_TYPES:
        for row_id, share in shared(actor, arrangement, RECORD_TYPES[key], row.leaver_id).values_list("pk", "share"):
            yield row_id, share, None
        return
    part = PARTS[key]
    rows = part.rows(row.leaver_id).order_by("pk")
    along = part.along() if arrangement.along else ()
    if along:
        for row_id, *above in rows.values_list("pk", *(attribute for _key, attribute in along)):
            named = ((of, each) for (of, _attribute), each in zip(along, above, strict=True) if each)
            yield row_id, 0, next(named, None)
        return
    for row_id in rows.values_list("pk", flat=True):
        yield row_id, 0, None


def _along(row: Handover, record_type: str, above: int) -> str:
    """Who gets the record that something goes with, in this very handover; '' when nobody does."""
    cached: dict[int, str] = row.__dict__.setdefault(f"_{record_type}", {})
    if not cached:
        cached.update(Item.objects.filter(handover_id=row.pk, part=record_type).values_list("row_id", "to"))
    return cached.get(above, "")
