"""What a formula comes to for the values of one record. Its parts fit each other (`checking`); nothing raises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from genjin.kernel.formulas.functions import FUNCTIONS, Value
from genjin.kernel.formulas.tree import Call, Constant, Node, Read


def result(node: Node, values: Mapping[str, Value], today: dt.date) -> Value:
    """The value; None for blank. `values`: of the fields it reads."""
    if isinstance(node, Call):
        return FUNCTIONS[node.function].work([result(part, values, today) for part in node.arguments], today)
    if isinstance(node, Read):
        return values.get(node.name)
    assert isinstance(node, Constant)
    return node.value
