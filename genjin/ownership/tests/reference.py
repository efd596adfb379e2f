"""What the state machine of ownership holds to be true: customers, who has them, how many each may have (B4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from genjin.kernel.models.rows import Life

MOST, LOCKS, LIMIT, COOL, NEW, IDLE = 3, 1, 2, 30, 6, 48
MOST_OF = {0: 1}
"""How many of a pool's one may hold."""
PEOPLE = ("owner", "stranger", "teammate", "manager", "administrator")
LEADS = {"manager": {0, 1}, "administrator": {0, 1}}
MEMBERS = {0: {"owner", "stranger"}, 1: {"stranger", "teammate"}}


@dataclass
class Row:
    """A customer as the model knows it."""

    owner: str | None = None
    pool: int | None = None
    taken: int | None = None
    previous: str | None = None
    since: datetime | None = None
    pooled: datetime | None = None
    life: int = Life.LIVE
    locked: bool = False
    shares: dict[str, int] = field(default_factory=dict)
    """Parts of others than the owner, in percent: a split that stands."""
    proposed: tuple[str, str, int] | None = None
    """Who asks that somebody else gets so much."""


@dataclass
class Last:
    """The last step that may be undone."""

    event: int
    part: str
    verb: str
    key: int
    before: Row
    at: datetime


class Reference:
    """All customers at a moment."""

    rows: dict[int, Row]
    now: datetime

    def held(self, part: str | None) -> int:
        """How many a member holds."""
        return sum(row.owner == part and row.life == Life.LIVE for row in self.rows.values())

    def fits(self, part: str | None, row: Row) -> bool:
        """Whether he may hold this one more (P3)."""
        origin = row.taken if row.pool is None else row.pool
        of = sum(it.owner == part and it.life == Life.LIVE and it.taken == origin for it in self.rows.values())
        return self.held(part) < MOST and (origin is None or of < MOST_OF.get(origin, MOST))

    def sees(self, part: str, pool: int | None) -> bool:
        """Whether a pool is his."""
        return pool is not None and (part in MEMBERS[pool] or pool in LEADS.get(part, set()))

    def home(self, owner: str | None) -> int | None:
        """Where a member's records fall."""
        return next((pool for pool in (0, 1) if owner in MEMBERS[pool]), None)

    def gain(self, row: Row, owner: str) -> None:
        """A new owner, a new base date."""
        row.taken = row.taken if row.pool is None else row.pool
        row.owner, row.pool, row.since, row.pooled = owner, None, self.now, None

    def drop(self, row: Row, pool: int) -> None:
        """Into a pool; moved between pools it stays lost when it was."""
        row.previous = row.owner or row.previous
        row.pooled = row.pooled if row.pool is not None else self.now
        row.owner, row.pool, row.since, row.locked, row.taken = None, pool, None, False, None
        row.shares = {}  # what is nobody's is shared by nobody
