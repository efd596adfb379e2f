"""The ledger of events read again from its beginning: does every link of the chain of hashes fit?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from genjin.backups.storage.contents import has
from genjin.backups.storage.source import Connection
from genjin.kernel.chain import digest_of, next_chain

_EVENTS = (
    "SELECT position, chain, id, at, member_id, surface, action, note FROM kernel_event"
    " WHERE position IS NOT NULL ORDER BY position"
)
_LINKS = (
    "SELECT e.position, l.row_id, l.digest FROM kernel_eventlink l JOIN kernel_event e ON e.id = l.event_id"
    " WHERE e.position IS NOT NULL ORDER BY e.position, l.row_id"
)
_AT_ONCE = 5_000


def first_broken(connection: Connection) -> int | None:
    """The position of the first event that does not fit the chain; None when all do, or where there is no ledger. Reads
    events and their links side by side, in pieces: memory stays small."""
    if not has(connection, "kernel_event"):
        return None
    links = groupby(_rows(connection, "ledger_links", _LINKS), key=itemgetter(0))
    position, of_it = next(links, (None, iter(())))
    chain = b""
    for event in _rows(connection, "ledger_events", _EVENTS):
        own: list[tuple[int, bytes]] = []
        if position == event[0]:
            own = [(row_id, bytes(digest)) for _position, row_id, digest in of_it]
            position, of_it = next(links, (None, iter(())))
        facts = [event[2], event[3].isoformat(), *event[4:]]
        chain = next_chain(chain, digest_of(facts, own))
        if bytes(event[1] or b"") != chain:
            return int(event[0])
    return None


def _rows(connection: Connection, name: str, question: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor(name=name) as cursor:  # rows: on the server, asked for in pieces
        cursor.itersize = _AT_ONCE
        cursor.execute(question)
        yield from cursor
