"""Handovers for tests, made through the actions."""

from __future__ import annotations

from typing import Any

from genjin.handover import work
from genjin.handover.actions import arrange, prepare_handover
from genjin.handover.arrangement import Arrangement
from genjin.handover.models import Handover
from genjin.handover.receivers import written
from genjin.handover.rules import Kind
from genjin.kernel.actor import Actor
from genjin.org.models import Member


def to(*members: Member) -> tuple[str, ...]:
    """Members as receivers."""
    return tuple(written("member", member.pk) for member in members)


def prepared(
    actor: Actor, leaver: Member, *receivers: Member, kind: str = Kind.RESIGNATION, **answers: Any
) -> Handover:
    """A handover of everything to these, with further answers of the arrangement."""
    row = prepare_handover(actor, leaver=leaver.pk, kind=kind, reason="个人原因")
    asked = Arrangement(everything=to(*receivers)).with_(**answers)
    return arrange(actor, row.pk, arrangement=asked.to_json())


def handed_over(actor: Actor, leaver: Member, *receivers: Member, **answers: Any) -> Handover:
    """One that is done."""
    return work.begin_handover(actor, prepared(actor, leaver, *receivers, **answers).pk, waiting=True)
