"""Who gets what: the arrangement of a handover as it is kept and read. Not here: what that comes to (`queries`).

A receiver is written 'member:12'. Several receivers share evenly, in turn. A share narrows a record type by a list's
filters and comes before what its type says; its type's receivers come before those for everything. A type or part
whose receivers are given as nobody stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

from genjin.handover.rules import Stays, Teams

Receivers = tuple[str, ...]


@dataclass(frozen=True)
class Share:
    """Records of a type that fit a list's filters (its address's parameters) go to these receivers."""

    part: str
    query: str
    to: Receivers
    label: str = ""


@dataclass(frozen=True)
class Arrangement:
    """All that a handover does. `along`: what goes with a record (open plans) goes to whoever gets the record."""

    everything: Receivers = ()
    parts: Mapping[str, Receivers] = field(default_factory=dict)
    shares: tuple[Share, ...] = ()
    along: bool = True
    stays: Stays = Stays.NO
    stays_until: date | None = None
    teams: Teams = Teams.MINE

    def of(self, part: str) -> Receivers:
        """Who receives what of a part no share names."""
        return self.parts.get(part, self.everything)

    def shares_of(self, part: str) -> list[Share]:
        """The shares of a record type, in the order in which they are tried."""
        return [share for share in self.shares if share.part == part]

    @property
    def receivers(self) -> list[str]:
        """Everybody who is named, once."""
        named = [*self.everything, *(to for each in self.parts.values() for to in each)]
        return list(dict.fromkeys([*named, *(to for share in self.shares for to in share.to)]))

    def with_(self, **changes: Any) -> Self:
        """The same with some answers changed."""
        return replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "everything": list(self.everything),
            "parts": {key: list(to) for key, to in self.parts.items()},
            "shares": [{"part": s.part, "query": s.query, "to": list(s.to), "label": s.label} for s in self.shares],
            "along": self.along,
            "stays": str(self.stays),
            "stays_until": self.stays_until.isoformat() if self.stays_until else "",
            "teams": str(self.teams),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """As it was kept. Raises ValueError, TypeError or KeyError for what is none."""
        until = kept.get("stays_until") or ""
        return cls(
            everything=tuple(kept.get("everything", ())),
            parts={key: tuple(to) for key, to in kept.get("parts", {}).items()},
            shares=tuple(
                Share(str(s["part"]), str(s["query"]), tuple(s["to"]), str(s.get("label", "")))
                for s in kept.get("shares", ())
            ),
            along=bool(kept.get("along", True)),
            stays=Stays(kept.get("stays", "")),
            stays_until=date.fromisoformat(until) if until else None,
            teams=Teams(kept.get("teams", Teams.MINE)),
        )
