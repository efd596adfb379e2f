"""Every state of a lead against every move (B1 L1–L14): what the table allows works, all else is refused with its words
and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import transaction
from django.forms.models import model_to_dict

from genjin.conversion.actions import convert_lead
from genjin.followups.models import FollowUp
from genjin.kernel.actor import Actor
from genjin.kernel.models import Event, EventLink, EventPayload
from genjin.kernel.models.rows import Life
from genjin.kernel.refusal import Refused
from genjin.leads.actions.deleting import delete_lead, restore_lead
from genjin.leads.actions.leads import create_lead, edit_lead, invalidate_lead, transfer_lead, unvoid_lead, void_lead
from genjin.leads.actions.pools import assign_lead, claim_lead, reclaim_lead, return_lead
from genjin.leads.models import Invalidity, Lead
from genjin.leads.rules import MOVES, LeadState
from genjin.leads.tests.factories import follow, lead_in, make_lead, make_lead_pool
from genjin.ownership.models import Period, Pool
from genjin.plans.models import Plan
from genjin.testing.cast import Cast

STATES = (*LeadState.values, "voided")
CONVERTED, IN_POOL, VOIDED = "线索已转换", "公海", "已作废"
NOT_HIS = "没有权限|没有找到"

# {move: {state: (state after) or words of the refusal}}; what a move says to all other states is under ""
EXPECTED: dict[str, dict[str, str]] = {
    "L3_assign": {"unassigned": "=pending", "": "没有找到|已被"},
    "L4_claim": {"unassigned": "=pending", "": "没有找到|已被"},
    "L5_L9_followup": {
        "pending": "=following",
        "following": "=following",
        "invalid": "=following",
        "unassigned": IN_POOL,
        "converted": CONVERTED,
        "voided": VOIDED,
    },
    "L6_return": {
        "pending": "=unassigned",
        "following": "=unassigned",
        "invalid": "=unassigned",
        "unassigned": IN_POOL,
        "converted": CONVERTED,
        "voided": "已归档或作废",
    },
    "L7_reclaim": {
        "pending": "=unassigned",
        "following": "=unassigned",
        "invalid": "无效的线索不能收回",
        "unassigned": IN_POOL,
        "converted": CONVERTED,
        "voided": "已归档或作废",
    },
    "L8_invalidate": {
        "pending": "=invalid",
        "following": "=invalid",
        "invalid": "已标为无效|无效",
        "unassigned": IN_POOL,
        "converted": CONVERTED,
        "voided": VOIDED,
    },
    "L10_convert": {
        "pending": "=converted",
        "following": "=converted",
        "invalid": "=converted",
        "unassigned": IN_POOL,
        "converted": CONVERTED,
        "voided": VOIDED,
    },
    "L11_void": {
        "pending": "=pending",
        "following": "=following",
        "invalid": "=invalid",
        "unassigned": "=unassigned",
        "converted": CONVERTED,
        "voided": "当前状态|不能",
    },
    "L12_restore": {"voided": "=pending", "": "没有作废"},
    "L13_delete": {"voided": "gone", "": "没有作废"},
    "L14_transfer": {
        "pending": "=pending",
        "following": "=following",
        "invalid": "=invalid",
        "converted": "=converted",
        "voided": "=pending",
        "unassigned": IN_POOL,
    },
    "edit": {
        "pending": "=pending",
        "following": "=following",
        "invalid": "=invalid",
        "unassigned": IN_POOL,
        "converted": CONVERTED,
        "voided": VOIDED,
    },
}


def _moves(cast: Cast, pool: Pool) -> Mapping[str, Callable[[Actor, Lead], Any]]:
    chosen = {"pool": str(pool.pk)}
    return {
        "L3_assign": lambda actor, lead: assign_lead.run(actor, lead.pk, {"receiver": str(cast.owner.pk)}),
        "L4_claim": lambda actor, lead: claim_lead.run(actor, lead.pk, {}),
        "L5_L9_followup": follow,
        "L6_return": lambda actor, lead: return_lead.run(actor, lead.pk, {"reason": "no_demand", **chosen}),
        "L7_reclaim": lambda actor, lead: reclaim_lead.run(actor, lead.pk, {"reason": "重新分配", **chosen}),
        "L8_invalidate": lambda actor, lead: invalidate_lead.run(actor, lead.pk, {"reason": "no_wish"}),
        "L10_convert": lambda actor, lead: convert_lead.run(actor, lead.pk, {}),
        "L11_void": lambda actor, lead: void_lead.run(actor, lead.pk, {"reason": "广告"}),
        "L12_restore": lambda actor, lead: restore_lead.run(actor, lead.pk, {}),
        "L13_delete": lambda actor, lead: delete_lead.run(actor, lead.pk, {}),
        "L14_transfer": lambda actor, lead: transfer_lead.run(actor, lead.pk, {"owner": str(cast.teammate.pk)}),
        "edit": lambda actor, lead: edit_lead.run(actor, lead.pk, {"need": "洁净厂房 800 平米"}),
    }


def _stands(lead_id: int) -> Any:
    row = Lead.objects.filter(pk=lead_id).first()
    periods = list(Period.objects.filter(record_id=lead_id).order_by("id").values_list("owner_id", "until"))
    talks = FollowUp.objects.filter(lead_id=lead_id).count()
    return row and model_to_dict(row), row and row.version, periods, talks, Event.objects.count()


@pytest.mark.parametrize("move", list(EXPECTED))
def test_B1_each_state_against_each_move(cast: Cast, move: str) -> None:
    boss, pool = cast.actor("administrator"), make_lead_pool()
    boss = cast.actor("administrator")
    run, table = _moves(cast, pool)[move], EXPECTED[move]
    for number, state in enumerate(STATES):
        lead = lead_in(boss, state, pool, f"{move} {state} {number}")
        expected = table.get(state, table.get("", ""))
        if expected.startswith("="):
            run(boss, lead)
            after = Lead.objects.get(pk=lead.pk)
            assert (state, after.state) == (state, expected[1:])
            assert (after.life == Life.VOIDED) == (move == "L11_void" or (move == "L14_transfer" and state == "voided"))
        elif expected == "gone":
            run(boss, lead)
            assert not Lead.objects.filter(pk=lead.pk).exists()
        else:
            before = _stands(lead.pk)
            with pytest.raises(Refused, match=expected), transaction.atomic():
                run(boss, lead)
            assert _stands(lead.pk) == before


def test_B1_table_of_moves_is_complete() -> None:
    assert set(MOVES.table) == set(LeadState)
    assert not MOVES.table[LeadState.CONVERTED]
    pairs = {(before, after) for before, targets in MOVES.table.items() for after in targets}
    assert len(pairs) == 11
    for before in LeadState:
        for after in LeadState:
            row = Lead(state=before)
            if (before, after) in pairs:
                MOVES.move(row, after)
                assert row.state == after
            else:
                with pytest.raises(Refused):
                    MOVES.move(row, after)


def test_B1_what_the_moves_leave_on_a_lead(cast: Cast) -> None:
    """L1, L2: where a new lead stands; L6: what is remembered; L14: followed by the owner is apart from the state."""
    pool = make_lead_pool()
    owner = cast.actor("owner")
    own = make_lead(owner)
    assert (own.state, own.owner_id) == ("pending", cast.owner.pk)  # L2
    pooled = make_lead(owner, "来电", pool=str(pool.pk))
    assert (pooled.state, pooled.owner_id, pooled.pool_id) == ("unassigned", None, pool.pk)  # L1
    claim_lead.run(owner, pooled.pk, {})
    follow(owner, pooled)
    invalidate_lead.run(owner, pooled.pk, {"reason": "other", "note": "换了电话"})
    assert Invalidity.objects.get(lead_id=pooled.pk).note == "换了电话"
    return_lead.run(owner, pooled.pk, {"reason": "other", "note": "号码空号", "pool": str(pool.pk)})
    back = Lead.objects.get(pk=pooled.pk)
    assert (back.returned, back.previous_owner_id, back.release_reason) == (1, cast.owner.pk, "其他：号码空号")
    assert back.released_at is not None
    assert back.last_content == "电话沟通，有意向"
    follow(owner, own)
    transfer_lead.run(cast.actor("manager"), own.pk, {"owner": str(cast.manager.pk)})
    moved = Lead.objects.get(pk=own.pk)
    assert (moved.state, moved.owner_followed) == ("following", False)
    assert set(FollowUp.objects.filter(lead_id=own.pk).values_list("owner_id", flat=True)) == {cast.manager.pk}
    follow(cast.actor("manager"), moved)
    assert Lead.objects.get(pk=own.pk).owner_followed


def test_L12_L13_only_administrators_restore_and_delete_and_the_event_keeps_what_was(cast: Cast) -> None:
    owner, lead = cast.actor("owner"), make_lead(cast.actor("owner"), mobile="13800138000")
    follow(owner, lead, next_contact_at="2030-01-04 10:00", next_step="回电")
    void_lead.run(owner, lead.pk, {"reason": "广告"})
    for verb in (restore_lead, delete_lead):
        for who in ("owner", "manager"):
            with pytest.raises(Refused, match="没有权限"):
                verb.run(cast.actor(who), lead.pk, {})
    with pytest.raises(Refused, match="只能作为撤销"):
        unvoid_lead.run(owner, lead.pk, {})
    delete_lead.run(cast.actor("administrator"), lead.pk, {})
    assert not FollowUp.objects.filter(lead_id=lead.pk).exists()
    assert not Plan.objects.filter(lead_id=lead.pk).exists()
    event = Event.objects.get(action="leads.delete")
    assert event.note["title"] == lead.name
    kept = EventPayload.objects.get(event_id=event.pk, row_id=lead.pk)
    assert kept.changes["mobile"] == ["13800138000", None]
    assert EventLink.objects.filter(event_id=event.pk).count() == 3


def test_L2_creating_for_somebody_else_asks_for_the_right(cast: Cast) -> None:
    with pytest.raises(Refused, match="不能为这位同事"):
        create_lead.run(cast.actor("owner"), None, {"name": "甲", "owner": str(cast.stranger.pk)})
    made = make_lead(cast.actor("manager"), owner=str(cast.owner.pk))
    assert (made.owner_id, made.state) == (cast.owner.pk, "pending")
