"""Who acts: mandatory first argument of every action and query. Frozen, never None, built only by `org.queries`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from genjin.kernel.fields.base import Access
from genjin.kernel.refusal import Forbidden


class Surface(StrEnum):
    """Through which way in an actor acts."""

    WEB = "web"
    API = "api"
    CLI = "cli"
    JOB = "job"
    IMPORT = "import"
    SETUP = "setup"
    FORM = "form"


BRINGING_IN = frozenset({Surface.IMPORT, Surface.SETUP})


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows a grant reaches (B5): everything, or rows of these departments and owners.

    pools: rows without owner that lie in these pools, and nothing else (B4 P10): the scope of who stands at a pool."""

    everything: bool = False
    departments: frozenset[int] = frozenset()
    members: frozenset[int] = frozenset()
    pools: frozenset[int] = frozenset()

    def __or__(self, other: Scope) -> Scope:
        """Several roles unite: ALL wins, else the union (B5)."""
        if self.everything or other.everything:
            return EVERYTHING
        return Scope(
            False, self.departments | other.departments, self.members | other.members, self.pools | other.pools
        )

    def holds(self, owner_id: int | None, department_id: int | None, pool_id: int | None = None) -> bool:
        """Whether a row with this owner and department, or without them in this pool, lies inside."""
        return (
            self.everything
            or owner_id in self.members
            or department_id in self.departments
            or (pool_id is not None and pool_id in self.pools)
        )


EVERYTHING = Scope(everything=True)
_NARROWNESS = {Access.EDIT: 0, Access.READ: 1, Access.MASKED: 2, Access.HIDDEN: 3}


@dataclass(frozen=True, slots=True)
class Actor:
    """A member (or SYSTEM) acting now: grants with their scopes, people under them, language, zone, surface.

    rights: {("customer.phone", Access.MASKED)}: fields of which his roles allow him less than usual."""

    member_id: int | None
    name: str
    surface: Surface
    grants: Mapping[str, Scope] = field(default_factory=lambda: MappingProxyType({}))
    department_id: int | None = None
    people: frozenset[int] = frozenset()
    administrator: bool = False
    language: str = "zh-hans"
    time_zone: str = field(default_factory=lambda: settings.COMPANY_TIME_ZONE)
    on_behalf_of: int | None = None
    request_id: str = ""
    token: str = ""
    stamp: int = 0
    rights: frozenset[tuple[str, Access]] = frozenset()
    moment: datetime | None = None

    def may(self, grant: str) -> bool:
        """Whether the actor holds this grant at all (the row's scope is checked at the row's door)."""
        return grant in self.grants

    def demand(self, grant: str) -> Scope:
        """The scope of a grant. Raises Forbidden without it."""
        scope = self.grants.get(grant)
        if scope is None:
            raise Forbidden
        return scope

    @property
    def zone(self) -> ZoneInfo:
        """The time zone this actor reads dates in."""
        return ZoneInfo(self.time_zone)

    def now(self) -> datetime:
        """The moment at which this actor acts, in his zone."""
        return (self.moment or timezone.now()).astimezone(self.zone)

    def as_of(self, moment: datetime) -> Actor:
        """The same actor at an earlier moment: what is brought in from elsewhere keeps its time, in rows and ledger.
        Raises ValueError through ways in by which people act, and for a moment that is still to come."""
        if self.surface not in BRINGING_IN or moment > timezone.now():
            raise ValueError("only what is brought in may say when it happened, and not ahead of time")
        return replace(self, moment=moment)

    def at_pool(
        self, pool_id: int, grant: str, rights: Iterable[tuple[str, Access]] = (), *, keeps: Iterable[str] = ()
    ) -> Actor:
        """The same actor standing at a pool (B4 P10): he may see its rows by this one grant, through these field rights
        (where his own are narrower, they hold), and has no other grant but what he `keeps` of his own: grants that
        reach no rows. Who may stand there is decided by its area."""
        least: dict[str, Access] = {}
        for path, access in (*self.rights, *rights):
            known = least.get(path)
            least[path] = access if known is None or _NARROWNESS[access] > _NARROWNESS[known] else known
        kept = {name: self.grants[name] for name in keeps if name in self.grants}
        alone = MappingProxyType({**kept, grant: Scope(pools=frozenset({pool_id}))})
        return replace(self, grants=alone, rights=frozenset(least.items()), administrator=False)

    def through(self, surface: Surface) -> Actor:
        """The same actor coming through another way in."""
        return replace(self, surface=surface)


def system(*grants: str, surface: Surface = Surface.JOB) -> Actor:
    """The system itself with just the listed grants, each over everything."""
    return Actor(
        member_id=None,
        name="系统",
        surface=surface,
        grants=MappingProxyType(dict.fromkeys(grants, EVERYTHING)),
    )


def united(scopes: Iterable[Scope]) -> Scope:
    """The union of several scopes."""
    total = Scope()
    for scope in scopes:
        total |= scope
    return total
