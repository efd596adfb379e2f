"""Who acts in the measurements. Knows nothing of Django, so that it can be read before it is set up."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

MEMBERS = 500
SUBORDINATES = 300
TEAM_ROWS = 10_000


@dataclass
class Cast:
    """Ids of those who act, and what the population needs to know of the organisation."""

    salesperson: int
    head: int
    wide: int
    administrator: int
    owners: list[tuple[int, int]]  # (member, department)

    def write(self, path: Path) -> None:
        """Keep it beside the data."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Cast:
        """What was kept."""
        return cls(**json.loads(path.read_text()))

    @property
    def roles(self) -> dict[str, int]:
        """Label: member."""
        return {
            "salesperson": self.salesperson,
            "department head": self.head,
            "member with 5 roles": self.wide,
            "administrator": self.administrator,
        }
