"""The whole base is compared at set times (S1-13, B3): when, once each, made up for in a quiet hour alone, told on the
page of results."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from genjin.customers.tests.factories import make_customer
from genjin.duplicates.grants import SWEEP
from genjin.duplicates.jobs import nightly, sweeping
from genjin.duplicates.models import DuplicateGroup, Sweep
from genjin.duplicates.nights import Plan
from genjin.duplicates.settings import AT, EVERY
from genjin.kernel.actor import system
from genjin.kernel.jobs import PERIODIC
from genjin.kernel.models.jobs import JobProgress
from genjin.org.actions.settings import change_settings
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import visitor

ZONE = ZoneInfo("Asia/Shanghai")
WEEKLY, NIGHTLY = Plan(6, time(3, 30), ZONE), Plan(None, time(3, 30), ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_S1_13_planned_moments() -> None:
    sunday, monday = at("2026-11-22 03:30"), at("2026-11-23 03:30")
    assert (WEEKLY.last(at("2026-11-24 12:00")), WEEKLY.next(at("2026-11-24 12:00"))) == (
        sunday,
        at("2026-11-29 03:30"),
    )
    assert (WEEKLY.last(sunday), WEEKLY.next(sunday)) == (sunday, at("2026-11-29 03:30"))
    assert (NIGHTLY.last(at("2026-11-23 03:29")), NIGHTLY.next(at("2026-11-23 03:29"))) == (sunday, monday)


@pytest.mark.parametrize(
    ("plan", "now", "begun", "due"),
    [
        (WEEKLY, "2026-11-22 03:30", "2026-11-15 03:30", True),
        (WEEKLY, "2026-11-22 03:35", "2026-11-22 03:30", False),
        (WEEKLY, "2026-11-22 12:00", "2026-11-15 03:30", False),  # never in the working day
        (WEEKLY, "2026-11-23 03:31", "2026-11-15 03:30", True),  # the night was missed: made up for in the next
        (WEEKLY, "2026-11-25 03:31", "2026-11-23 03:31", False),
        (NIGHTLY, "2026-11-25 03:31", "2026-11-24 03:31", True),
    ],
)
def test_S1_13_due_once_and_in_the_quiet_hour(plan: Plan, now: str, begun: str, due: bool) -> None:
    assert plan.due(at(now), at(begun)) is due


def test_S1_13_runs_begin_by_themselves_one_type_after_the_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, administrator, actor = cast.actor("owner"), cast.actor("administrator"), system(SWEEP)
    pair = {make_customer(owner, "苏州远岫新能源科技有限公司").pk, make_customer(owner, "远岫新能源科技").pk}
    monkeypatch.setattr(nightly, "installed_at", lambda: at("2020-01-01 00:00"))
    hour = timezone.now().astimezone(ZONE).strftime("%H:%M")
    change_settings(administrator, changes={EVERY.key: "off", AT.key: hour})
    nightly.sweep_planned(system(SWEEP))
    assert not Sweep.objects.exists()
    change_settings(administrator, changes={EVERY.key: "nightly"})
    nightly.sweep_planned(system(SWEEP))
    nightly.sweep_planned(system(SWEEP))
    assert Sweep.objects.count() == 1, "one at a time"
    while (run := Sweep.objects.filter(finished_at=None).first()) is not None:
        sweeping.sweep(actor, run.job_id or 0, sweep_id=run.pk)
        JobProgress.objects.filter(pk=run.job_id or 0).update(finished_at=timezone.now())
        nightly.sweep_planned(system(SWEEP))
    types = list(Sweep.objects.values_list("record_type", flat=True))
    assert len(types) == len(set(types)) > 1, "each type once a night"
    assert any(pair == set(group.members) for group in DuplicateGroup.objects.filter(record_type="customer"))
    shown = visitor(cast.administrator).get("/duplicates/groups?type=customers").content.decode()
    assert "自动查重：每天夜里" in shown
    assert "查完" in shown


def test_S1_13_it_is_asked_often_enough() -> None:
    assert PERIODIC["duplicates.sweep_planned"] == "*/5 * * * *"
