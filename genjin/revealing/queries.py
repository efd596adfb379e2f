"""Reads of revealing: which fields can be shown in full, and how many values a member has asked for."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Access, Field
from genjin.kernel.models.events import Event
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.sights import in_force
from genjin.kernel.wording import span_words
from genjin.revealing.settings import PER_DAY, PER_HOUR


class TooMany(Refused):
    """A member has asked for as many values as he may for now."""

    status = 429

    def __init__(self, message: str) -> None:
        super().__init__("too_many_reveals", message)


def field_to_reveal(actor: Actor, record_type: RecordType, key: str) -> Field:
    """The whole field with this key that the actor sees masked, in lists or everywhere. Raises NotFound for one that is
    hidden, unknown, or nowhere masked."""
    seen = record_type.seen_by(actor)
    known = in_force(record_type, actor.stamp).own_fields.get(key)
    if known is None or key not in seen.own_fields:
        raise NotFound
    if seen.accesses[key] is not Access.MASKED and type(known).masked is Field.masked:
        raise NotFound
    return known


def demand_room(actor: Actor) -> None:
    """Raises TooMany when the member has used up his hour or his day."""
    names = [t.grant("reveal") for t in RECORD_TYPES.values()]
    asked = Event.objects.filter(member_id=actor.member_id or 0, action__in=names)
    now = timezone.now()
    for limit, hours in ((PER_HOUR.at(actor.stamp), 1), (PER_DAY.at(actor.stamp), 24)):
        span = timedelta(hours=hours)
        times = list(asked.filter(at__gt=now - span).order_by("-id").values_list("at", flat=True)[:limit])
        if len(times) >= limit:
            words = _("最近 %(hours)d 小时您已查看 %(count)d 个完整号码，%(left)s后可以再看；确有需要请联系管理员")
            raise TooMany(words % {"hours": hours, "count": limit, "left": span_words(times[-1] + span - now)})
