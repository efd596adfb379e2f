"""Who works on a delivery, and what is known of it after a worker was killed.

A worker holds rows under a batch of its own for LEASE; it marks them as being called before the call and settles them
after. Each mark is conditional on the batch, so that a worker that overslept its lease cannot act any more. Rows whose
worker died before the call wait again; those that died within it are tried again only where the channel shows a
repeated message once (Web Push); a mail or a group's message is then unsure, is never repeated by itself, and stands on
the administrators' page.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genjin.reminders.channels.message import Answer, Verdict
from genjin.reminders.models import Channel, Delivery
from genjin.reminders.rules import pause_after

LEASE = timedelta(minutes=5)
CALL = timedelta(seconds=90)
AT_ONCE = 200

State = Delivery.State


def claim(now: datetime, *, most: int = AT_ONCE) -> tuple[uuid.UUID, list[Delivery]]:
    """(batch, the next rows that are due), held for this worker; no other worker gets them."""
    batch = uuid.uuid4()
    with transaction.atomic():
        due = Delivery.objects.filter(state=State.WAITING, next_at__lte=now).order_by("next_at", "id")
        rows = list(due.select_for_update(skip_locked=True)[:most])
        held = Delivery.objects.filter(pk__in=[row.pk for row in rows])
        held.update(state=State.HELD, batch=batch, lease=now + LEASE)
    for row in rows:
        row.state, row.batch = State.HELD, batch
    return batch, rows


def mark_calling(rows: Sequence[Delivery], now: datetime) -> bool:
    """Write down that the call is about to be made. False when another worker has taken the rows meanwhile."""
    with transaction.atomic():
        mine = _mine(rows, State.HELD)
        if mine.update(state=State.CALLING, lease=now + CALL) == len(rows):
            return True
        transaction.set_rollback(True)
    return False


def settle(rows: Sequence[Delivery], answer: Answer, now: datetime) -> None:
    """Write down what the other side said."""
    for row in rows:
        facts = _after(row, answer, now)
        _mine([row], State.CALLING).update(answer=answer.text, lease=None, **facts)


def put_back(rows: Sequence[Delivery], until: datetime) -> None:
    """Let held rows wait until a moment; no try is counted."""
    _mine(rows, State.HELD).update(state=State.WAITING, next_at=until, batch=None, lease=None)


def skip(rows: Sequence[Delivery], why: str) -> None:
    """Held rows need not be sent any more."""
    _mine(rows, State.HELD).update(state=State.SKIPPED, answer=why, batch=None, lease=None)


def stumble(rows: Sequence[Delivery], now: datetime) -> None:
    """Our own code broke before the call: a try is counted, so that nothing is tried for ever."""
    answer = Answer(Verdict.LATER, _("内部错误，详见服务器日志"))
    for row in rows:
        _mine([row], State.HELD).update(answer=answer.text, lease=None, **_after(row, answer, now))


def release(now: datetime) -> int:
    """Take rows of workers that died; how many. What was not called waits again, what may have arrived is unsure."""
    over = Delivery.objects.filter(lease__lt=now)
    freed = over.filter(state=State.HELD).update(state=State.WAITING, batch=None, lease=None)
    called = over.filter(state=State.CALLING)
    freed += called.filter(channel=Channel.PUSH).update(state=State.WAITING, batch=None, lease=None)
    why = _("发送途中中断")
    return freed + called.exclude(channel=Channel.PUSH).update(state=State.UNSURE, answer=why, lease=None)


def _mine(rows: Sequence[Delivery], state: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk__in=[row.pk for row in rows], state=state, batch=rows[0].batch if rows else None)


def _after(row: Delivery, answer: Answer, now: datetime) -> dict[str, object]:
    attempts = row.attempts + 1
    if answer.verdict is Verdict.SENT:
        return {"state": State.SENT, "attempts": attempts, "sent_at": now}
    if answer.verdict is Verdict.UNSURE:
        return {"state": State.UNSURE, "attempts": attempts}
    if answer.verdict is Verdict.GONE:
        return {"state": State.SKIPPED, "attempts": attempts}
    pause = pause_after(attempts)
    if answer.verdict is Verdict.NEVER or pause is None or row.what == Delivery.What.TEST:
        return {"state": State.FAILED, "attempts": attempts}
    pause = max(pause * random.uniform(1, 1.2), answer.wait or pause)  # noqa: S311 - only spreads the load
    return {"state": State.WAITING, "attempts": attempts, "next_at": now + pause, "batch": None}
