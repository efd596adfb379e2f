"""A reason why a member reaches a record, and who tells them: for every way beyond the scope that an area registers at
the doors, it registers here how to tell whom it lets in. A test holds the two equal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType, type_of
from genjin.org.snapshot import Organisation
from genjin.sharing.queries import row_above


class Kind(IntEnum):
    """What sort of reason it is; the strongest first."""

    OWNER = 1
    SUPERIOR = 2
    ROLE = 3
    TEAM = 4
    SHARING = 5
    OTHER = 6
    ADMINISTRATOR = 7


@dataclass(frozen=True)
class Reason:
    """Why a member sees a record, or may edit it once he sees it. `words`: the same for all whom it concerns alike;
    `note`: what is more to be said of this one."""

    member_id: int
    kind: Kind
    words: str
    note: str = ""
    sees: bool = True
    writes: bool = False


@dataclass(frozen=True)
class Asked:
    """A record that is asked about, with the one it belongs to."""

    reader: Actor
    org: Organisation
    record: Record
    above: Record | None

    @property
    def record_type(self) -> RecordType:
        """Its declaration."""
        return type_of(self.record)

    @property
    def ids(self) -> list[int]:
        """Its id and that of what it belongs to: what is given of the one opens the other too."""
        return [self.record.pk, *([self.above.pk] if self.above else [])]


Explainer = Callable[[Asked], Iterable[Reason]]
EXPLAINERS: dict[str, Explainer] = {}


def register_explainer(name: str, explainer: Explainer) -> None:
    """Tell whom the branch or the parts of this name (`kernel.doors`) let in, with at most one query."""
    EXPLAINERS[name] = explainer


def asked_about(reader: Actor, org: Organisation, record: Record) -> Asked:
    """The record with the one it belongs to (one query when there is one)."""
    return Asked(reader, org, record, row_above(record))
