"""The columns of the board of leads: of each state (B1) the first leads, the newest first, and how many there are. How
they are drawn is the board's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from genjin.kernel.actor import Actor
from genjin.kernel.lists import CAP, ListRow
from genjin.kernel.lists.columns import Board, count_of, first_rows, parts
from genjin.kernel.lists.reading import Cursor
from genjin.kernel.models.rows import Life
from genjin.leads.record import LEAD
from genjin.leads.rules import LeadState

SIZE = 20
OWNED = frozenset(LeadState) - {LeadState.UNASSIGNED}
"""The states of leads that somebody has."""


@dataclass(frozen=True)
class Leads:
    """The first leads of a state, and the cursor of those that follow."""

    rows: list[ListRow]
    after: str = ""


def leads_by_state(
    actor: Actor, states: Sequence[LeadState], shown: Sequence[str], *, mine: bool, after: str = "", most: int = SIZE
) -> dict[LeadState, Leads]:
    """{state: its next leads with what the actor may know of these fields}; `mine`: of what somebody has only his own;
    `after`: the cursor of the one state that is asked for. Raises Forbidden, Refused("bad_cursor")."""
    seen = LEAD.seen_by(actor)
    fields = [seen.keys[key] for key in shown if key in seen.keys]
    names = list(dict.fromkeys(("id", "version", "life", seen.title, "state", *(f.path for f in fields))))
    at = {name: place for place, name in enumerate(names)}
    place = (None, Cursor.read(after).row_id) if after else None
    own = [state for state in states if mine and state in OWNED]
    found = {}
    for wanted, board in ((own, _board(actor, mine=True)), ([s for s in states if s not in own], _board(actor))):
        for state, rows in first_rows(actor, board, wanted, names, most=most, after=place).items():
            listed = [
                ListRow(row[0], row[1], row[2], row[at[seen.title]], {f.key: row[at[f.path]] for f in fields})
                for row in rows[:most]
            ]
            following = Cursor(None, listed[-1].id).text() if len(rows) > most else ""
            found[LeadState(state)] = Leads(listed, following)
    return found


def number_of(actor: Actor, state: LeadState, *, mine: bool) -> int:
    """How many leads a state has; CAP + 1 for more than are counted. Raises Forbidden."""
    return count_of(parts(actor, _board(actor, Q(state=state), mine=mine and state in OWNED)), CAP)


def _board(actor: Actor, fitting: Q = Q(), *, mine: bool = False) -> Board:  # noqa: B008 - never changed
    owners = frozenset({actor.member_id or 0}) if mine else frozenset[int]()
    return Board(LEAD, "state", Q(life=Life.LIVE) & fitting, owners=owners)
