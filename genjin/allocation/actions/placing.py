"""What the system does by itself: new records given by the schemes that say so."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext_lazy

from genjin.allocation.ahead import known
from genjin.allocation.changing import locked_rounds, place
from genjin.allocation.choosing import seats_of
from genjin.allocation.grants import PLACE
from genjin.allocation.models import Offer
from genjin.allocation.queries import chooser_of, fitting, live_schemes
from genjin.allocation.rules.modes import OfferState
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number, Text
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import RECORD_TYPES
from genjin.ownership.models import Period, Rule


@action(
    "allocation.place",
    on=None,
    needs=PLACE,
    label=gettext_lazy("自动分配"),
    icon="route",
    silent="when no scheme is for it, or it has gone its way already",
    listed=False,
)
def place_new(
    actor: Actor,
    *,
    record_type: Annotated[str, Text(key="record_type", label=gettext_lazy("数据类型"))],
    row: Annotated[int, Number(key="row", label=gettext_lazy("记录"))],
) -> bool:
    """Give a new record by the first scheme for new ones that it fits; whether it was given or offered. Who made it for
    himself keeps it when he sits in the scheme, and who named another owner has decided."""
    rounds = locked_rounds(actor, record_type)
    model = RECORD_TYPES[record_type].model
    found = model._default_manager.select_for_update(of=("self",)).filter(pk=row).first()
    if found is None or not _is_new(found):
        return False
    scheme = fitting(actor, found, live_schemes(record_type, on_entry=True))
    if scheme is None or found.created_by_id in {seat.member for seat in seats_of(scheme)}:
        return False
    seen = known()
    chooser = chooser_of(actor, scheme, rounds[scheme.pk], actor.now(), past=seen.past_of(actor, scheme))
    chooser.planned = seen.planned.get(scheme.pk, {})
    return place(actor, found, chooser, made_by=found.created_by_id).member is not None


def _is_new(found: Record) -> bool:
    """Whether it still lies where it was made: with its maker, in its first period, offered to nobody yet."""
    if found.life != Life.LIVE or found.owner_id is None or found.owner_id != found.created_by_id:
        return False
    if Offer.objects.filter(record_id=found.pk).exclude(state=OfferState.DROPPED).exists():
        return False
    periods = Period.objects.filter(record_id=found.pk).order_by("id").values_list("rule", "until")[:2]
    return [rule for rule, _until in periods] in ([Rule.CREATED], [Rule.IMPORTED])
