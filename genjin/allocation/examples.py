"""What a scheme would do with the company's own newest records: worked out on copies, nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from genjin.allocation.choosing import Choice, company_zone
from genjin.allocation.conditions import read_conditions
from genjin.allocation.models import Round, Scheme
from genjin.allocation.queries import chooser_of, round_copy
from genjin.allocation.wording import name_of
from genjin.kernel.actor import Actor
from genjin.kernel.lists import page, read_query
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.titles import titles_of

MOST = 3


@dataclass(frozen=True)
class Example:
    """A record, who would get it next ('' when nobody), and why."""

    title: str
    name: str
    words: str


def examples(actor: Actor, scheme: Scheme) -> list[Example]:
    """The newest records that the actor sees and the scheme is for, as if they came now, one after the other."""
    declared = RECORD_TYPES[scheme.record_type]
    try:
        conditions = tuple(read_conditions(actor, declared, scheme.conditions))
        query = replace(read_query(actor, declared, {}, size=MOST), conditions=conditions, sort=None)
        ids = [row.id for row in page(actor, query, ()).rows]
    except (Refused, Forbidden):
        return []
    titles = titles_of(actor, declared.key, ids)
    rows = declared.model._default_manager.in_bulk(ids)  # rows: they come from the actor's own list
    chooser = chooser_of(actor, scheme, round_copy(scheme), actor.now())
    made = []
    for row_id in ids:
        row = rows[row_id]
        row.owner_id = None  # as if it had just come in
        choice = chooser.choose(row)
        made.append(Example(titles.get(row_id, "—"), _named(actor, choice), choice.words))
    return made


def today_of(actor: Actor, turn: Round | None) -> dict[int, int]:
    """How many each got by a scheme today, from where it stands."""
    today = actor.now().astimezone(company_zone()).date()
    if turn is None or turn.day != today:
        return {}
    return {int(member): count for member, count in turn.taken.items()}


def _named(actor: Actor, choice: Choice) -> str:
    return name_of(actor, choice.member) if choice.member else ""
