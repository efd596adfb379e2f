"""What two people changed at once in a sharing rule, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType
from genjin.org.web.conflicts import told
from genjin.sharing.actions import change_sharing
from genjin.sharing.conditions import OPERATOR, askable


def differences(
    actor: Actor, record_type: RecordType, undecided: Mapping[str, tuple[Any, Any]]
) -> list[dict[str, str]]:
    """What the comparison draws: the form's own fields, then the conditions."""
    facts = {key: pair for key, pair in undecided.items() if ":" not in key}
    asked = {f"if:{field.key}.{OPERATOR}": field for field in askable(record_type, actor.stamp)}
    conditions = [
        {
            "key": key,
            "label": str(asked[key].label),
            "theirs": asked[key].filter_text(OPERATOR, list(theirs or ()), actor) or "—",
            "mine": asked[key].filter_text(OPERATOR, list(mine or ()), actor) or "—",
        }
        for key, (theirs, mine) in undecided.items()
        if key in asked
    ]
    return [*told(actor, change_sharing.own_inputs, facts), *conditions]
