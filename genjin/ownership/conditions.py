"""The conditions by which records fall into a pool (P5), each an SQL expression of the moment at which it is met. There
is no second truth: lists, countdowns, reminders, dry runs and the nightly run all ask the same expression.

Areas that know more of a record (opportunities, contracts) declare theirs; none is offered before its area exists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import sql

from genjin.kernel.fields.base import Label
from genjin.ownership.inputs import REASONS

NEVER = sql.SQL("'infinity'::timestamptz")
GAINED = sql.SQL("COALESCE(r.owner_since, r.created_at)")


@dataclass(frozen=True)
class Condition:
    """A condition: its label in menus, its words with %(days)d, what its owner can do against it, the columns it reads
    (types without them do not know it), and `at`: from (span of its days, end of the protection period) the moment at
    which it is met, of the row r; NEVER when it cannot be."""

    key: str
    label: Label
    words: Label
    mend: Label
    columns: frozenset[str]
    at: Callable[[sql.Composable, sql.Composable], sql.Composable]

    def told(self, days: int) -> str:
        """The condition in words: 30 天未跟进."""
        return str(self.words) % {"days": days}

    def mended(self, days: int) -> str:
        """What keeps the record: 跟进一次，重新计 30 天."""
        return str(self.mend) % {"days": days}


@dataclass(frozen=True)
class Business:
    """Whether a deal is in the making with the row r of a type with these columns (P5: such ones may be spared)."""

    columns: frozenset[str]
    open: sql.Composable


CONDITIONS: dict[str, Condition] = {}
BUSINESS: list[Business] = []


def register_condition(
    key: str,
    label: Label,
    *,
    words: Label,
    mend: Label,
    columns: frozenset[str] = frozenset(),
    at: Callable[[sql.Composable, sql.Composable], sql.Composable],
) -> None:
    """Make a condition known; from then on rules may name it. Raises ValueError for one that is known."""
    if key in CONDITIONS:
        raise ValueError(f"condition {key} is declared twice")
    CONDITIONS[key] = Condition(key, label, words, mend, columns, at)
    REASONS[key] = label


def register_business(business: Business) -> None:
    """Let rules spare records with a deal in the making."""
    BUSINESS.append(business)


def business_of(model: type[Model]) -> Business | None:
    """Whether a deal is in the making with rows of a model; None where nobody knows."""
    return next((known for known in BUSINESS if reads(model, known)), None)


def reads(model: type[Model], condition: Condition | Business) -> bool:
    """Whether rows of a model have what the condition reads."""
    return condition.columns <= {str(field.column) for field in model._meta.concrete_fields}


def told(reason: str, days: int) -> str:
    """A rule in words, whatever it names."""
    known = CONDITIONS.get(reason)
    return known.told(days) if known else _("%d 天") % days


REASONS.clear()
register_condition(  # C1: the later of last contact and gaining; who was never contacted counts from gaining
    "no_followup",
    gettext_lazy("没有跟进"),
    words=gettext_lazy("%(days)d 天未跟进"),
    mend=gettext_lazy("跟进一次，重新计 %(days)d 天"),
    columns=frozenset({"last_followed_at"}),
    at=lambda span, _end: sql.SQL("GREATEST({gained}, r.last_followed_at) + {span}").format(gained=GAINED, span=span),
)
register_condition(  # C3
    "no_deal",
    gettext_lazy("没有成交"),
    words=gettext_lazy("%(days)d 天未成交"),
    mend=gettext_lazy("成交，或请主管延长保护期"),
    columns=frozenset({"deal_date"}),
    at=lambda span, _end: sql.SQL("CASE WHEN r.deal_date IS NULL THEN {gained} + {span} ELSE {never} END").format(
        gained=GAINED, span=span, never=NEVER
    ),
)
register_condition(  # C4, P6
    "unprotected",
    gettext_lazy("保护期满"),
    words=gettext_lazy("保护期满 %(days)d 天"),
    mend=gettext_lazy("请主管延长保护期"),
    at=lambda span, end: sql.SQL("{end} + {span}").format(end=end, span=span),
)
