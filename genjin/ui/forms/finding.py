"""Finding actions by the verb in an address, and what a row's menu offers."""

from __future__ import annotations

from typing import Any

from genjin.kernel.actions import ACTIONS, Action, actions_on
from genjin.kernel.actor import Actor
from genjin.kernel.doors import may
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Forbidden, NotFound


def row_action(record_type: RecordType, verb: str) -> Action[Any, Any]:
    """The action on rows of this type: `archive` means `customers.archive`. Raises NotFound."""
    action = ACTIONS.get(verb if "." in verb else record_type.grant(verb))
    if action is None or action.on is not record_type.model or not action.takes_row:
        raise NotFound
    return action


def verb_of(record_type: RecordType, action: Action[Any, Any]) -> str:
    """The verb as it stands in addresses."""
    return action.name.removeprefix(f"{record_type.plural}.")


def demand_reach(actor: Actor, action: Action[Any, Any], row: Record) -> None:
    """No form for what would be refused anyway. Raises Forbidden."""
    action.check(actor)
    if not may(actor, row, action.needs, action.to):
        raise Forbidden


def offered_on(actor: Actor, record_type: RecordType, row: Record) -> list[Action[Any, Any]]:
    """The actions a menu offers for this row: granted, on rows, fitting its state and within the actor's reach."""
    reach: dict[tuple[str, str], bool] = {}
    offered = []
    for action in actions_on(record_type, actor):
        if not action.takes_row or (action.when is not None and not action.when(row)):
            continue
        asked = (action.needs, action.to)
        if asked not in reach:
            reach[asked] = may(actor, row, action.needs, action.to)
        if reach[asked]:
            offered.append(action)
    return sorted(offered, key=lambda a: (a.danger, not a.takes_values))
