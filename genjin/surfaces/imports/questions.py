"""What a person has to decide before the cells of a table can be read."""

from __future__ import annotations

from collections.abc import Sequence

from genjin.kernel.actor import Actor
from genjin.surfaces.imports.kinds import Kind
from genjin.surfaces.imports.rules import Question, Rule
from genjin.surfaces.imports.samples import Samples


def questions(actor: Actor, kind: Kind, rules: Sequence[Rule], samples: Samples) -> list[Question]:  # noqa: ARG001
    """The questions that the rules leave open, by column; `samples` of the whole file find them all."""
    return []
