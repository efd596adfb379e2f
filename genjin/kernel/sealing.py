"""The sealing job: gives committed events their position and the hash chain, then hands them to the consumers.

Ids are not commit order. One sealer at a time (an advisory lock); whatever must miss nothing reads by position.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from django.db import close_old_connections, connection, transaction
from django.db.models import Max

from genjin.kernel.chain import digest_of, next_chain
from genjin.kernel.models.events import Consumer, Event, EventLink

LOCK = 7_204_711
BATCH = 1_000
logger = logging.getLogger(__name__)

Consume = Callable[[Sequence[Event]], None]
CONSUMERS: dict[str, Consume] = {}


def consumer(name: str) -> Callable[[Consume], Consume]:
    """Register a reader of sealed events. It runs in the transaction that moves its mark: effects happen once."""

    def decorate(function: Consume) -> Consume:
        CONSUMERS[name] = function
        return function

    return decorate


def seal() -> int:
    """Seal what is committed; returns how many events got a position. 0 when another sealer is at work."""
    if not Event.objects.filter(position=None).exists():
        return 0
    with transaction.atomic():
        if not _locked():
            return 0
        last = Event.objects.filter(position__isnull=False).order_by("-position").first()
        position, chain = (last.position or 0, bytes(last.chain or b"")) if last else (0, b"")
        events = list(Event.objects.filter(position=None).order_by("id")[:BATCH])
        digests = _digests([e.pk for e in events])
        for event in events:
            position += 1
            chain = next_chain(chain, _digest(event, digests.get(event.pk, [])))
            event.position, event.chain = position, chain
        Event.objects.bulk_update(events, ["position", "chain"], batch_size=200)
    return len(events)


def deliver() -> int:
    """Give sealed events to each consumer, once; returns how many were given. One that fails keeps its mark and
    holds up no other; what it raised is raised when all have had their turn."""
    given = 0
    failed: list[Exception] = []
    top = Event.objects.aggregate(top=Max("position"))["top"] or 0
    marks = dict(Consumer.objects.values_list("name", "position"))
    for name, consume in CONSUMERS.items():
        if marks.get(name, -1) >= top:
            continue
        try:
            given += _give(name, consume, top)
        except Exception as error:  # noqa: BLE001 - raised below
            logger.error("the reader of events %s failed", name)
            failed.append(error)
    if failed:
        raise failed[0]
    return given


@transaction.atomic
def _give(name: str, consume: Consume, top: int) -> int:
    """A consumer's next events and its mark, in one transaction."""
    Consumer.objects.get_or_create(name=name)
    mark = Consumer.objects.select_for_update().get(name=name)
    if mark.position >= top:
        return 0
    events = list(Event.objects.filter(position__gt=mark.position).order_by("position")[:BATCH])
    consume(events)
    mark.position = events[-1].position or mark.position
    mark.save(update_fields=["position"])
    return len(events)


def verify() -> int | None:
    """The position of the first event whose chain does not fit; None when the ledger is whole."""
    chain = b""
    for event in Event.objects.filter(position__isnull=False).order_by("position").iterator():
        chain = next_chain(chain, _digest(event, _digests([event.pk]).get(event.pk, [])))
        if bytes(event.chain or b"") != chain:
            return event.position
    return None


def run_sealing(stop: threading.Event, pause: float = 0.5) -> None:
    """Seal and deliver until told to stop; survives a lost database."""
    while not stop.is_set():
        busy = 0
        try:
            busy = seal() + deliver()
        except Exception:
            logger.exception("sealing failed; trying again")
            stop.wait(3)
        finally:
            close_old_connections()
        if not busy:
            stop.wait(pause)


def _locked() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])


def _digests(event_ids: list[int]) -> dict[int, list[tuple[int, bytes]]]:
    found: dict[int, list[tuple[int, bytes]]] = {}
    rows = EventLink.objects.filter(event_id__in=event_ids).order_by("event_id", "row_id")
    for event_id, row_id, digest in rows.values_list("event_id", "row_id", "digest"):
        found.setdefault(event_id, []).append((row_id, bytes(digest)))
    return found


def _digest(event: Event, links: list[tuple[int, bytes]]) -> bytes:
    facts = [event.pk, event.at.isoformat(), event.member_id, event.surface, event.action, event.note]
    return digest_of(facts, links)
