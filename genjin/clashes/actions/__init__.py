"""Writes of sales clashes, one module per verb; per type made by `clash_actions`."""

from collections.abc import Sequence
from typing import Any

from genjin.clashes.actions import detecting
from genjin.clashes.actions.declaring import declare_action
from genjin.clashes.actions.ruling import rule_action
from genjin.clashes.actions.withdrawing import withdraw_action
from genjin.clashes.grants import declare_clash_grants
from genjin.clashes.queries import CLASHING
from genjin.kernel.actions import Action
from genjin.kernel.records import RecordType


def clash_actions(record_type: RecordType) -> Sequence[Action[Any, Any]]:
    """Let the records of a type clash: its grants and verbs. A type opts in by this line."""
    declare_clash_grants(record_type)
    CLASHING.append(record_type.key)
    return [make(record_type) for make in (declare_action, rule_action, withdraw_action)]


__all__ = ["clash_actions", "detecting"]
