"""The run over the whole base (B3): pairs by rules, groups, what is none stays so, killed runs, who sees what."""

from __future__ import annotations

import pytest

from genjin.customers.actions.customers import edit_customer
from genjin.customers.record import CUSTOMER
from genjin.customers.tests.factories import make_customer
from genjin.duplicates.actions import begin_sweep, dismiss
from genjin.duplicates.asking import ask_form
from genjin.duplicates.jobs import staling, sweeping
from genjin.duplicates.models import DuplicateGroup, NoDuplicate, Sweep
from genjin.duplicates.queries import groups_of
from genjin.duplicates.sweeping.names import pairs_of, unite
from genjin.kernel.actor import system
from genjin.kernel.models.events import Event
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.undo import undo_event
from genjin.testing.cast import Cast

NAMES = (
    "苏州远岫新能源科技有限公司",
    "远岫新能源科技",
    "蘇州遠秀新能源科技有限公司",
    "苏州远岫新能原科技有限公司",
    "苏州远岫新能源",
    "无锡远岫新能源科技有限公司",
    "苏州远山新能源科技有限公司",
    "杭州云栖动力电池有限公司",
)


def _run(cast: Cast) -> Sweep:
    begin_sweep.run(cast.actor("manager"), None, {"record_type": "customer"})
    run = Sweep.objects.get()
    sweeping.sweep(system(), run.job_id or 0, sweep_id=run.pk)
    run.refresh_from_db()
    return run


def test_b3_names_that_share_a_key_are_paired_and_united() -> None:
    found = list(pairs_of(list(enumerate(NAMES)), lambda _count: None))
    assert {(0, 1), (0, 2), (0, 3), (0, 4)} <= {pair[:2] for pair in found}
    assert not [pair for pair in found if {5, 6, 7} & set(pair[:2]) and 0 in pair[:2]]
    assert unite([(1, 2, 90), (2, 3, 95), (7, 8, 99)], 50) == [([7, 8], 99), ([1, 2, 3], 95)]
    assert unite([(1, 2, 90), (2, 3, 95)], 2) == [([2, 3], 95)], "the surest pairs first, no larger than allowed"


def test_b3_a_percentage_means_the_same_in_the_hint_and_in_the_groups(cast: Cast) -> None:
    """Two names, of which one slipped, equal ones, two with one number as well: the hint, and the run over the base."""
    owner = cast.actor("owner")
    for one, other in ((NAMES[0], NAMES[2]), ("常州天宁纺织厂", "常州天宁纺织厂"), ("甲川机械厂", "甲川机械")):
        DuplicateGroup.objects.all().delete()
        make_customer(owner, one, phone="13800138000" if one == NAMES[0] else "")
        given = {"name": other, "phone": "13800138000" if one == NAMES[0] else ""}
        (hit,) = ask_form(owner, CUSTOMER, given).lines[0].hits
        second = make_customer(owner, **given)
        (group,) = [each for each in _groups() if second.pk in each.members]
        assert group.percent == hit.percent, (one, other)


def _groups() -> list[DuplicateGroup]:
    run = Sweep.objects.create(record_type="customer")
    sweeping.sweep(system(), 0, sweep_id=run.pk)
    return list(DuplicateGroup.objects.all())


def test_b3_a_run_finds_groups_and_remembers_what_is_none(cast: Cast) -> None:
    owner = cast.actor("owner")
    first = make_customer(owner, NAMES[0], phone="13800138000")
    second = make_customer(owner, NAMES[1])
    third = make_customer(owner, NAMES[7], phone="13800138000")
    make_customer(cast.actor("stranger"), NAMES[2])
    make_customer(owner, NAMES[6])
    run = _run(cast)
    assert (run.groups, run.finished_at is not None) == (1, True)
    (seen,), more = groups_of(cast.actor("manager"), "customer", None)
    assert (set(seen.titles), more) == ({first.pk, second.pk, third.pk}, "")
    assert groups_of(cast.actor("stranger"), "customer", None) == ([], ""), "one record is no group"
    with pytest.raises(Forbidden):
        dismiss.run(cast.actor("stranger"), None, {"group": seen.pk, "member": third.pk})
    dismiss.run(cast.actor("manager"), None, {"group": seen.pk, "member": third.pk})
    assert NoDuplicate.objects.count() == 3
    said = Event.objects.latest("id")
    undo_event(cast.actor("manager"), said.pk)
    assert NoDuplicate.objects.count() == 0
    assert set(groups_of(cast.actor("manager"), "customer", None)[0][0].titles) == set(seen.titles)
    dismiss.run(cast.actor("manager"), None, {"group": seen.pk, "member": third.pk})
    with pytest.raises(NotFound):
        dismiss.run(cast.actor("manager"), None, {"group": seen.pk, "member": third.pk})
    begin_sweep.run(cast.actor("manager"), None, {"record_type": "customer"})
    with pytest.raises(Refused) as refusal:
        begin_sweep.run(cast.actor("manager"), None, {"record_type": "customer"})
    assert refusal.value.code == "running"
    again = Sweep.objects.latest("id")
    sweeping.sweep(system(), 0, sweep_id=again.pk)
    assert [third.pk in group.members for group in DuplicateGroup.objects.all()] == [False]


def test_b3_a_killed_run_goes_on_with_the_same_result(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        make_customer(cast.actor("owner"), name, phone="13800138000" if name.startswith("苏") else "")
    undisturbed = _run(cast)
    kept = list(DuplicateGroup.objects.values_list("members", "percent", "whys"))
    killed = Sweep.objects.create(record_type="customer")
    keep, turns = sweeping._keep, iter(range(100))

    def dying(*given: object) -> None:
        if next(turns) == 1:
            raise KeyboardInterrupt
        keep(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(sweeping, "_keep", dying)
    with pytest.raises(KeyboardInterrupt):
        sweeping.sweep(system(), 0, sweep_id=killed.pk)
    killed.refresh_from_db()
    assert (killed.step, killed.finished_at) == ("1", None)
    assert DuplicateGroup.objects.filter(sweep=undisturbed).exists(), (
        "what was found stands until the new run is through"
    )
    sweeping.sweep(system(), 0, sweep_id=killed.pk)
    assert list(DuplicateGroup.objects.values_list("members", "percent", "whys")) == kept


def test_b3_a_group_grows_stale_when_one_of_its_records_changes(cast: Cast) -> None:
    owner = cast.actor("owner")
    first = make_customer(owner, NAMES[0])
    make_customer(owner, NAMES[1])
    _run(cast)
    staling.grow_stale(list(Event.objects.all()))
    assert not DuplicateGroup.objects.get().stale, "made before"
    edit_customer.run(owner, first.pk, {"name": "苏州远岫新能源有限公司"})
    staling.grow_stale(list(Event.objects.filter(action="customers.edit")))
    assert DuplicateGroup.objects.get().stale
