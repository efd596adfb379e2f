"""What an actor may see, as conditions that an index answers one at a time: the scope, then each way beyond it."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q

from genjin.followups.record import FOLLOWUP
from genjin.kernel.actor import Actor, Scope
from genjin.kernel.doors import BRANCHES, ONLY, SEE, part_conditions, rows_above, scope_condition
from genjin.kernel.expressions import WEIGHED, Within, row_by_row


class AmongThese(Func):
    """Is the column among the ids of a query? They are looked up in the index one after the other, however many the
    planner takes them for."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()
    conditional = True


def is_narrow(scope: Scope) -> bool:
    """Does it name so few that their indexes find the rows?"""
    return not scope.everything and len(scope.members) + len(scope.departments) <= WEIGHED


def in_scope(scope: Scope) -> Q:
    """The scope: by its indexes when it names few, else as a question to each row."""
    if scope.everything or is_narrow(scope):
        return scope_condition(scope)
    return row_by_row(Q(Within("owner_id", scope.members)) | Q(Within("department_id", scope.departments)))


def beyond(actor: Actor, scope: Scope) -> list[tuple[Q, Q]]:
    """What teams, sharing and the like open beyond the scope: (how such rows are found, how a row found is told to be
    one), those first that find most."""
    if scope.everything:
        return []
    return [*_shared(actor), *_reached(actor, scope)]


def _shared(actor: Actor) -> list[tuple[Q, Q]]:
    """Parts of the follow-ups, and of what they belong to: as many as a rule names, so each for itself."""
    ways = [*part_conditions(actor, FOLLOWUP)]
    ways += [Q(**{f"{column}__in": above}) for column, above in rows_above(actor, FOLLOWUP)]
    return [(way, way) for way in ways]


def _reached(actor: Actor, scope: Scope) -> list[tuple[Q, Q]]:
    """By ids: one pair for a narrow scope, whose rows are few; else one for each index."""
    branches = [branch for name, branch in BRANCHES.items() if ONLY.get(name, FOLLOWUP.key) == FOLLOWUP.key]
    ids = [found for branch in branches if (found := branch(actor, SEE, False)) is not None]
    pairs = [
        (Q(AmongThese(F(column), ArraySubquery(one))), Q(**{f"{column}__in": one}))
        for column in (*(link.column for link in FOLLOWUP.owner_links()), "id")
        for one in ids
    ]
    if not is_narrow(scope) or not pairs:
        return pairs
    return [(reduce(or_, [find for find, _tell in pairs]), reduce(or_, [tell for _find, tell in pairs]))]


def ways(actor: Actor) -> list[Q]:
    """All that the actor sees; a row may be met on several ways. Raises Forbidden."""
    scope = actor.demand(FOLLOWUP.grant("see"))
    if scope.everything:
        return [in_scope(scope)]
    shared = [find for find, _tell in _shared(actor)]
    further = [find for find, _tell in _reached(actor, scope)]
    if is_narrow(scope):
        return [reduce(or_, [in_scope(scope), *further]), *shared]
    return [in_scope(scope), *further, *shared]
