"""Whether the parts of a formula fit each other: of what kind it is, or where it goes wrong."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from genjin.kernel.formulas.functions import FUNCTIONS, Kind, Unfit
from genjin.kernel.formulas.tokens import FormulaError
from genjin.kernel.formulas.tree import Call, Constant, Node, Read


def kind_of(node: Node, fields: Mapping[str, Kind]) -> Kind:
    """The kind of a formula's value. `fields`: the kinds of the fields it may read. Raises FormulaError."""
    if isinstance(node, Read):
        if node.name not in fields:
            raise FormulaError(_("没有「%s」这个字段，或它不能用在公式里") % node.name, node.at, node.length)
        return fields[node.name]
    if isinstance(node, Call):
        kinds = [kind_of(argument, fields) for argument in node.arguments]
        try:
            return FUNCTIONS[node.function].kind(kinds)
        except Unfit as unfit:
            wrong = node.arguments[min(unfit.place, len(node.arguments) - 1)]
            raise FormulaError(unfit.message, wrong.at, wrong.length) from None
    assert isinstance(node, Constant)
    return _of_constant(node.value)


def _of_constant(value: object) -> Kind:
    if value is None:
        return Kind.BLANK
    if isinstance(value, bool):
        return Kind.YESNO
    return Kind.TEXT if isinstance(value, str) else Kind.NUMBER
