"""Taking a handover back, as far as nothing has changed since: what was changed is kept and listed (B16).

Who has left stays signed out: taking him back is a decision of its own.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.handover.actions.ending import end_handover
from genjin.handover.actions.moving import hand_back
from genjin.handover.actions.running import AT_ONCE, CHUNK, STEP, settle, start
from genjin.handover.grants import MANAGE
from genjin.handover.models import Handover, Item
from genjin.handover.queries import handover_for, leaver_for, progress
from genjin.handover.rules import MOVES, Standing, State
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.handing import Handed
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused


@action(
    "handovers.undo", on=Handover, needs=MANAGE, label=gettext_lazy("撤销交接"), icon="arrow-back-up", danger=True,
    listed=False,
)  # fmt: skip
def undo_handover(actor: Actor, handover_id: int, *, waiting: bool = False) -> Handover:
    """Give everything back that is as the handover left it. Called again for one whose job ended half-way, it goes on.
    Raises Refused("bad_move"), Refused("open") while another one is prepared for him."""
    row = handover_for(actor, handover_id, lock=True)
    leaver_for(actor, row.leaver_id)
    if row.state != State.UNDOING:
        MOVES.move(row, State.UNDOING)
        row.done, row.total = 0, Item.objects.filter(handover_id=row.pk, state=Standing.MOVED).count()
    elif not (waiting or progress(row).stopped):
        raise Refused("bad_move", _("正在撤销"))
    start(actor, row, waiting=waiting or row.total <= AT_ONCE)
    record(actor, row)
    return row


@action(
    "handovers.move_back_next",
    on=Handover,
    needs=MANAGE,
    label=gettext_lazy("撤销交接"),
    icon="arrow-back-up",
    silent=STEP,
    listed=False,
)
def move_back_next(actor: Actor, handover_id: int) -> Handover:
    """The next step back, the last things first; with the first ones it is undone."""
    row = handover_for(actor, handover_id, lock=True)
    if row.state != State.UNDOING:
        return row
    moved = Item.objects.filter(handover_id=row.pk, state=Standing.MOVED)
    last = moved.order_by("-pk").first()
    if last is None:
        end_handover(actor, row, State.UNDONE)
        return row
    chunk = list(moved.filter(part=last.part, to=last.to, pk__lte=last.pk).order_by("-pk")[:CHUNK])
    handed = [Handed(item.row_id, item.version, item.note) for item in chunk]
    passing = hand_back(actor, row, last.part, handed, last.to)
    settle(chunk, passing.done, passing.kept, Standing.BACK, Standing.KEPT)
    row.done += len(chunk)
    Handover.objects.filter(pk=row.pk).update(done=row.done)
    return row
