"""Taking an allocation back, as far as nobody has touched the record since: of one record as the undo of the verb, of a
whole list as a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.allocation.changing import drop_open, locked_rounds
from genjin.allocation.choosing import company_zone
from genjin.allocation.models import Offer, Round, Run
from genjin.allocation.queries import run_for
from genjin.allocation.rules.modes import OfferState
from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, row_for
from genjin.kernel.fields import Number
from genjin.kernel.jobs import start_job
from genjin.kernel.models.rows import Record
from genjin.kernel.recording import note_event, record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.undo import Call, Past
from genjin.ownership.actions.going_back import demand_undoing, give_back, row_to_put_back
from genjin.ownership.models import Period, Rule

UNDO_JOB = "allocation.undo_run"


def undone(record_type: RecordType) -> Any:
    """What the undo of the verb calls."""

    def inverse(_actor: Actor, past: Past) -> Sequence[Call]:
        facts = past.note.get("allocation", {})
        scheme = "" if facts.get("fallback") else facts.get("scheme", "")
        return [Call(record_type.grant("unallocate"), past.row_id, {"scheme": str(scheme)})]

    return inverse


def unallocate_action(record_type: RecordType) -> Action[Any, Any]:
    """What undoing an allocation comes to."""

    @action(
        record_type.grant("unallocate"),
        on=record_type.model,
        needs=record_type.grant("allocate"),
        label=gettext_lazy("撤销分配"),
        icon="arrow-back-up",
        listed=False,
    )
    def unallocate(
        actor: Actor,
        record_id: int,
        *,
        scheme: Annotated[int | None, Number(key="scheme", label=gettext_lazy("分配方案"))] = None,
    ) -> Record:
        """Back to whom it belonged, with the deadlines that he had; what was only offered is offered no more. Only as
        an undo, while nobody touched the record."""
        demand_undoing()
        rounds = locked_rounds(actor, record_type.key)
        if Offer.objects.filter(record_id=record_id, state=OfferState.OPEN).exists():
            row: Any = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
            drop_open(actor, row, rounds)
            record(actor, row)
            return row  # type: ignore[no-any-return]
        row, period = row_to_put_back(actor, record_type, record_id, Rule.ALLOCATED)
        _uncount(rounds.get(scheme or 0), period)
        give_back(actor, row, _("撤销分配"))
        return row  # type: ignore[no-any-return]

    return unallocate


def unallocate_all_action(record_type: RecordType) -> Action[Any, Any]:
    """Taking back a whole list."""

    @action(
        record_type.grant("unallocate_all"),
        on=None,
        needs=record_type.grant("allocate"),
        label=gettext_lazy("撤销整批分配"),
        icon="arrow-back-up",
        listed=False,
    )
    def unallocate_all(
        actor: Actor, *, run: Annotated[int, Number(key="run", label=gettext_lazy("哪一次分配"), required=True)]
    ) -> Run:
        """Give back what one's own run gave, as a job: what was touched since stays and is told. Raises NotFound,
        Refused("bad_move") while it is at work, and when it is undone or gave nothing."""
        found = run_for(actor, run)
        locked = Run.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if locked.record_type != record_type.key or locked.finished_at is None or not locked.done:
            raise Refused("bad_move", _("分配结束之后才能撤销"))
        if locked.undoing_at is not None:
            raise Refused("bad_move", _("这次分配已经撤销过了"))
        locked.undoing_at, locked.told = actor.now(), []
        locked.job_id = start_job(actor, UNDO_JOB, title=_("撤销%s的分配") % record_type.many, run=locked.pk).pk
        locked.save()
        note_event(actor, run=locked.pk, record_type=record_type.key, count=locked.done)
        return locked

    return unallocate_all


def _uncount(turn: Round | None, period: Period) -> None:
    """What he got by a scheme does not count against his cap of that day any more."""
    key = str(period.owner_id)
    if turn is not None and turn.day == period.since.astimezone(company_zone()).date() and turn.taken.get(key):
        turn.taken[key] -= 1
        turn.save()
