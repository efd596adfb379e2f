"""B16, S2-58: who is known to leave is watched and takes nothing out; what nobody took over is reminded of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from genjin.customers.tests.factories import make_customer
from genjin.followups.statistics.actions import export_sheet
from genjin.handover import work
from genjin.handover.actions import cancel_handover, prepare_handover
from genjin.handover.actions.reminding import remind_of_handovers
from genjin.handover.grants import REMIND
from genjin.handover.rules import Kind
from genjin.handover.tests.factories import prepared
from genjin.handover.watching import today
from genjin.kernel.actor import system
from genjin.kernel.models import Notification
from genjin.kernel.refusal import Refused
from genjin.kernel.taking_out import demand_taking_out
from genjin.kernel.viewing import HOUR
from genjin.kernel.viewing import Kind as Seen
from genjin.org.actions.settings import change_settings
from genjin.org.models import Member
from genjin.oversight.actions import add_viewing
from genjin.oversight.flushing import _unusual
from genjin.oversight.grants import COUNT
from genjin.oversight.watching import lowered, watched
from genjin.surfaces.exports.actions import note_print, start_export
from genjin.tailoring.actions.fetching import fetch_kept
from genjin.testing.cast import Cast


def test_b16_from_the_day_of_notice_on_nothing_is_taken_out_and_alarms_come_sooner(cast: Cast) -> None:
    boss = cast.actor("manager")
    demand_taking_out(cast.actor("owner"))
    row = prepare_handover(boss, leaver=cast.owner.pk, kind=Kind.RESIGNATION)
    assert watched() == {cast.owner.pk: 30}
    assert (lowered(100, 30), lowered(0, 30), lowered(1, 30)) == (30, 0, 1)
    with pytest.raises(Refused, match="通知期内不能导出"):
        demand_taking_out(cast.actor("owner"))
    demand_taking_out(cast.actor("manager"))
    change_settings(cast.actor("administrator"), changes={"handovers.block_exports": ""})
    demand_taking_out(cast.actor("owner"))
    change_settings(cast.actor("administrator"), changes={"handovers.watch_percent": 100})
    assert watched() == {}
    change_settings(cast.actor("administrator"), changes={"handovers.watch_percent": 10})
    cancel_handover(cast.actor("manager"), row.pk)
    assert watched() == {}
    prepare_handover(cast.actor("manager"), leaver=cast.owner.pk, kind=Kind.MOVE)
    assert watched() == {}


def test_b16_every_way_out_asks_whether_one_is_leaving(cast: Cast) -> None:
    prepare_handover(cast.actor("administrator"), leaver=cast.manager.pk, kind=Kind.RESIGNATION)
    leaving = cast.actor("manager")
    ways = (
        lambda: start_export(leaving, record_type="customers"),
        lambda: note_print(leaving, record_type="customers"),
        lambda: export_sheet(leaving, asked=""),
        lambda: fetch_kept.function(leaving, record_type="customer", field=0),
    )
    for way in ways:
        with pytest.raises(Refused, match="通知期内不能导出"):
            way()


def test_b16_unusual_viewing_is_told_of_at_a_lower_line_during_notice(cast: Cast) -> None:
    prepare_handover(cast.actor("manager"), leaver=cast.owner.pk, kind=Kind.RESIGNATION)
    hour = int(timezone.now().timestamp()) // HOUR
    counts = {(member.pk, Seen.RECORDS, "customer", hour): 50 for member in (cast.owner, cast.stranger)}
    add_viewing(system(COUNT), counts=counts)
    assert [(each.member_id, each.line) for each in _unusual(counts)] == [(cast.owner.pk, 45)]


def test_b16_what_nobody_took_over_in_seven_days_is_reminded_of_once_a_day(cast: Cast) -> None:
    make_customer(cast.actor("owner"))
    row = prepared(cast.actor("manager"), cast.owner, cast.teammate, parts={"customer": ()})
    work.begin_handover(cast.actor("manager"), row.pk, waiting=True)
    actor, day = system(REMIND), today()
    assert remind_of_handovers(actor, today=day) == 0
    Member.objects.filter(pk=cast.owner.pk).update(left_at=timezone.now() - timedelta(days=8))
    for _twice in range(2):
        remind_of_handovers(actor, today=day)
    told = Notification.objects.filter(kind="handover_left").values_list("member_id", "note__count")
    assert {member for member, _count in told} == {cast.administrator.pk, cast.manager.pk}
    assert len(told) == 2
    late = prepare_handover(cast.actor("administrator"), leaver=cast.stranger.pk)
    remind_of_handovers(actor, today=day + timedelta(days=2))
    assert list(Notification.objects.filter(kind="handover_late").values_list("member_id", "note__handover")) == [
        (cast.administrator.pk, late.pk)
    ]
