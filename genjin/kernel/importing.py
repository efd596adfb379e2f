"""What tables may bring of a record type: declared beside the type by its area, read by imports, which hold no line
about it. Not here: how cells are read, rows checked, records made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.kernel.fields.base import Label
from genjin.kernel.records import RecordType

Lack: TypeAlias = tuple[str, str]
"""(key of the input that mends it, '' for none; what is wrong, in the words of the creating action)."""


@dataclass(frozen=True)
class Combined:
    """A column that says several inputs at once (阶段, with 输单 among the stages): `gives` {input: value} of a value;
    `inputs`: those that it may give."""

    field: Field
    gives: Callable[[Any], Mapping[str, Any]]
    inputs: frozenset[str]


@dataclass(frozen=True)
class Given:
    """A row as it was read: the inputs of the record, those of what it belongs to, whose it is to be."""

    values: dict[str, Any]
    above: Mapping[str, Any]
    owner: int | None


Settle: TypeAlias = Callable[[Actor, Given], Iterable[Lack]]


@dataclass(frozen=True, kw_only=True)
class Importable:
    """A record type whose records tables may bring.

    `create`, `edit`, `void`: the actions that make, fill or overwrite, and take back. `belongs_to`: the key of the type
    of which each row names a record, found or made. `headings` {input: what people call such columns, parted by |}.
    `columns`: the inputs of the template, in order. `left_out`: inputs that no column brings. `made_up`: what `settle`
    fills in where no column does. `for_all`: what may be said for all rows at once, where the sheet says nothing.
    `same_by`: the input by which a record is known to be there already. `settle`: puts the inputs of a row right, and
    tells what its creation would refuse.
    """

    record_type: RecordType
    create: Action[Any, Any]
    void: Action[Any, Any]
    edit: Action[Any, Any] | None = None
    belongs_to: str = ""
    headings: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
    combined: tuple[Combined, ...] = ()
    made_up: frozenset[str] = frozenset()
    for_all: tuple[str, ...] = ()
    same_by: str = ""
    remarks: str = ""
    help: Label = ""
    settle: Settle | None = None


IMPORTABLES: dict[str, Importable] = {}


def declare_importable(importable: Importable) -> None:
    """Let tables bring records of a type."""
    key = importable.record_type.key
    if key in IMPORTABLES:
        raise ValueError(f"{key} says twice what tables may bring")
    IMPORTABLES[key] = importable
