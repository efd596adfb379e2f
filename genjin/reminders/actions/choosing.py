"""What a member chooses for himself: which messages go where, quiet hours, the morning digest."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import YesNo
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.reminders.fields import Clock, KindChoices
from genjin.reminders.models import ReminderChoice

Kinds = Annotated[dict[str, dict[str, bool]], KindChoices(key="kinds", label=gettext_lazy("消息与渠道"))]
IsQuiet = Annotated[bool, YesNo(key="quiet", label=gettext_lazy("免打扰"))]
QuietFrom = Annotated[str, Clock(key="quiet_from", label=gettext_lazy("免打扰开始"))]
QuietUntil = Annotated[str, Clock(key="quiet_until", label=gettext_lazy("免打扰结束"))]
QuietOffDays = Annotated[bool, YesNo(key="quiet_off_days", label=gettext_lazy("周末和节假日全天免打扰"))]
DigestAt = Annotated[str, Clock(key="digest_at", label=gettext_lazy("摘要时间"))]
DigestOffDays = Annotated[bool, YesNo(key="digest_off_days", label=gettext_lazy("休息日也发摘要"))]


@action("reminders.choose", on=None, needs="inbox.use", label=gettext_lazy("修改提醒方式"), icon="bell", listed=False)
def choose_reminders(
    actor: Actor,
    *,
    kinds: Kinds,
    quiet: IsQuiet = False,
    quiet_from: QuietFrom = "21:00",
    quiet_until: QuietUntil = "08:00",
    quiet_off_days: QuietOffDays = False,
    digest_at: DigestAt = "08:30",
    digest_off_days: DigestOffDays = False,
) -> ReminderChoice:
    """Set one's own choices. Raises Refused for quiet hours that begin and end at the same time."""
    quiet_from, quiet_until = quiet_from or "21:00", quiet_until or "08:00"
    if quiet_from == quiet_until:
        raise Refused("same_time", _("免打扰的开始和结束不能是同一时间"), "quiet_until")
    row = ReminderChoice.objects.select_for_update().filter(member=actor.member_id).first()
    row = row or ReminderChoice(member_id=actor.member_id or 0)
    row.kinds = {**row.kinds, **kinds}
    row.quiet, row.quiet_from, row.quiet_until, row.quiet_off_days = quiet, quiet_from, quiet_until, quiet_off_days
    row.digest_at, row.digest_off_days = digest_at or "08:30", digest_off_days
    record(actor, row)
    return row
