"""Messages about pools (P2, P5, P7): read from sealed events; what will fall is told by the morning (`nights`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.models.events import Event, EventLink, EventPayload
from genjin.kernel.notices import Told, declare_notice, notify_each
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sealing import consumer
from genjin.kernel.wording import in_sentence
from genjin.org.queries import organisation
from genjin.ownership.models import Pool, Rule
from genjin.ownership.standing import covers, pool_named, pooled_types

TOLD = (".claim", ".assign", ".reclaim", "ownership.recycle")
MADE = ".create"


def pool_facts(_reader: Actor, note: Mapping[str, Any]) -> Mapping[str, str]:
    """What the words of messages about pools are filled with."""
    known = RECORD_TYPES.get(str(note.get("record_type", "")))
    return {**{key: str(value) for key, value in note.items()}, "what": in_sentence(str(known.many)) if known else ""}


LOST = gettext_lazy("我的记录掉入公海")
declare_notice(
    "assign", gettext_lazy("%(who)s从公海把「%(title)s」指派给您"), "user-check", label=gettext_lazy("记录转给我")
)
declare_notice(
    "defaulted", gettext_lazy("按公海的默认分配，「%(title)s」归您"), "user-check", label=gettext_lazy("记录转给我")
)
declare_notice(
    "claim",
    gettext_lazy("%(who)s从「%(pool)s」领取了 %(count)s 个%(what)s"),
    "hand-grab",
    label=gettext_lazy("公海里的记录被领取"),
    facts=pool_facts,
)
declare_notice(
    "lost",
    gettext_lazy("您的 %(count)s 个%(what)s进入「%(pool)s」：%(why)s"),
    "ripple",
    label=LOST,
    facts=pool_facts,
)
declare_notice(
    "falling",
    gettext_lazy("%(days)s 天后您有 %(count)s 个%(what)s将掉入「%(pool)s」"),
    "clock",
    label=LOST,
    facts=pool_facts,
)


class Move(NamedTuple):
    """What an event did to a record's owner and pool."""

    event: Event
    record_type: str
    row_id: int
    owners: tuple[int | None, int | None]
    pools: tuple[int | None, int | None]


@consumer("ownership_pools")
def tell_of_pools(events: Sequence[Event]) -> None:
    """Who is assigned a record, whose record came into a pool against his will, and the administrators who want to know
    of claims; one message for all records of an event, never of what somebody did himself, nor of what is undone."""
    wanted = {event.pk: event for event in events if _tells(event)}
    if not wanted:
        return
    told: list[Told] = []
    counted: Counter[tuple[str, int, int, str, int]] = Counter()
    for move in _moves(wanted):
        actor_id, gainer = move.event.member_id, move.owners[1]
        if move.event.action.endswith((".assign", MADE)):
            if gainer and gainer != actor_id:
                row = RECORD_TYPES[move.record_type].model(id=move.row_id)
                kind = "defaulted" if move.event.action.endswith(MADE) else "assign"
                told.append(Told(gainer, kind, row, move.event.pk))
        elif move.event.action.endswith(".claim"):
            for member_id in _watchers(move.pools[0]) - {actor_id or 0}:
                counted["claim", member_id, move.pools[0] or 0, move.record_type, move.event.pk] += 1
        elif move.owners[0] and move.owners[0] != actor_id and move.pools[1]:
            counted["lost", move.owners[0], move.pools[1], move.record_type, move.event.pk] += 1
    told += _counted(wanted, counted)
    notify_each(told)


def _tells(event: Event) -> bool:
    """Made ones where the pool gave them away; those of public forms are told of as such."""
    if event.action.endswith(MADE):
        return bool(event.note.get("rule") == Rule.ASSIGNED and event.surface != Surface.FORM)
    return event.action.endswith(TOLD) and "undoes" not in event.note


def _moves(wanted: Mapping[int, Event]) -> Iterator[Move]:
    keys = [declared.key for declared in pooled_types()]
    links = EventLink.objects.filter(event_id__in=wanted, row_type__in=keys)
    types = {(event, row): row_type for event, row, row_type in links.values_list("event_id", "row_id", "row_type")}
    payloads = EventPayload.objects.filter(event_id__in=wanted, row_id__in={row for _event, row in types})
    for event_id, row_id, changes in payloads.values_list("event_id", "row_id", "changes"):
        if (event_id, row_id) in types:
            owners, pools = (tuple(changes.get(name, (None, None))) for name in ("owner_id", "pool_id"))
            yield Move(wanted[event_id], types[event_id, row_id], row_id, owners, pools)


def _counted(wanted: Mapping[int, Event], counted: Mapping[tuple[str, int, int, str, int], int]) -> Iterator[Told]:
    for (kind, member_id, pool_id, record_type, event_id), count in counted.items():
        pool = pool_named(0, pool_id)
        why = wanted[event_id].note.get("reason", "")
        note = {"record_type": record_type, "pool": pool.name if pool else "", "count": count, "why": why}
        yield Told(member_id, kind, None, event_id, f"{kind}:{event_id}:{pool_id}", note)


def _watchers(pool_id: int | None) -> set[int]:
    """The administrators of a pool who want to know."""
    pool: Pool | None = pool_named(0, pool_id or 0)
    if pool is None or not pool.notify_admins:
        return set()
    reader = system("org.see")
    return {member_id for member_id in organisation(reader).people if covers(pool.admins, reader, member_id)}
