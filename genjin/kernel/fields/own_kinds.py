"""All kinds of fields that a company can add, by the name that their definition bears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genjin.kernel.fields import own
from genjin.kernel.fields.own_files import OwnFiles
from genjin.kernel.fields.worked_out import FORMULAS, FormulaNumber

KINDS: dict[str, type[own.Own]] = {**own.TYPED, "file": OwnFiles, "formula": FormulaNumber}


def class_of(kind: str, facts: Mapping[str, Any]) -> type[own.Own]:
    """The class of a field; of a formula, that of its result."""
    return FORMULAS.get(str(facts.get("result")), FormulaNumber) if kind == "formula" else KINDS[kind]
