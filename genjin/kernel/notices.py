"""Messages to a member about events. Their words are made when they are read, from what may be seen then.

Areas declare the words of their kinds and make the rows (`Notification`) when they read sealed events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actions import ACTIONS, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import titles_of
from genjin.kernel.fields import Number
from genjin.kernel.fields.base import Label
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.events import Notification
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound, Refused

COUNTED = 99

declare_grants(gettext_lazy("消息"), ("inbox.use", gettext_lazy("查看自己的消息")), scoped=False)


@dataclass(frozen=True)
class NoticeKind:
    """The words of a kind of message (with %(who)s and %(title)s) and its icon."""

    words: Label
    icon: str


@dataclass(frozen=True)
class Notice:
    """A message as its receiver may read it now; without a place when the record is out of sight."""

    id: int
    at: datetime
    read: bool
    words: str
    icon: str
    record_type: str = ""
    record_id: int | None = None


_kinds: dict[str, NoticeKind] = {}


def declare_notice(kind: str, words: Label, icon: str = "bell") -> None:
    """Say what messages of a kind read like. Raises ValueError for a kind that is declared twice."""
    if kind in _kinds:
        raise ValueError(f"notice {kind} is declared twice")
    _kinds[kind] = NoticeKind(words, icon)


@action(
    "notifications.read",
    on=None,
    needs="inbox.use",
    label=gettext_lazy("标为已读"),
    silent="reading one's own messages is no business event",
    listed=False,
)
def read_notices(
    actor: Actor,
    *,
    message: Annotated[int | None, Number(key="message", label=gettext_lazy("消息"))] = None,
    until: Annotated[int | None, Number(key="until", label=gettext_lazy("直到哪条消息"))] = None,
) -> None:
    """Mark one of one's own messages as read, or all up to one. Raises NotFound, or Refused when neither is given."""
    mine = _mine(actor)
    if message is not None:
        found = mine.filter(pk=message)
        if not found.exists():
            raise NotFound
    elif until is not None:
        found = mine.filter(pk__lte=until)
    else:
        raise Refused("which", _("请说明要标记哪些消息"))
    found.filter(read_at=None).update(read_at=timezone.now())


def unread(actor: Actor) -> int:
    """How many messages are unread, counted to COUNTED + 1."""
    waiting = _mine(actor).filter(read_at=None)
    return waiting.order_by()[: COUNTED + 1].count()


def notices(
    actor: Actor, *, unread_only: bool = False, before: int | None = None, most: int = 30
) -> tuple[list[Notice], bool]:
    """(the actor's messages newest first, whether there are earlier ones). One query and one per record type."""
    rows = _mine(actor).select_related("event").order_by("-id")
    if unread_only:
        rows = rows.filter(read_at=None)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: most + 1])
    titles = _titles(actor, found[:most])
    return [_notice(actor, row, titles) for row in found[:most]], len(found) > most


def notice_for(actor: Actor, notice_id: int) -> Notice:
    """One of one's own messages. Raises NotFound."""
    row = _mine(actor).filter(pk=notice_id).select_related("event").first()
    if row is None:
        raise NotFound
    return _notice(actor, row, _titles(actor, [row]))


def _mine(actor: Actor) -> QuerySet[Notification]:
    return Notification.objects.filter(member_id=actor.member_id or 0)


def _titles(actor: Actor, rows: Sequence[Notification]) -> dict[int, str]:
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.row_id is not None and row.row_type in RECORD_TYPES:
            wanted[row.row_type].add(row.row_id)
    titles: dict[int, str] = {}
    for record_type, ids in wanted.items():
        titles |= titles_of(actor, record_type, ids)
    return titles


def _notice(actor: Actor, row: Notification, titles: dict[int, str]) -> Notice:
    kind = _kinds.get(row.kind)
    member_id = row.event.member_id if row.event else None
    who = people.directory().member_name(member_id, actor.stamp) if member_id else _("系统")
    title = titles.get(row.row_id) if row.row_id is not None else None
    shown = title if title is not None else _("已无权查看的记录")
    words = str(kind.words) % {"who": who, "title": shown} if kind else _other(row, who, shown)
    seen = title is not None
    return Notice(
        id=row.pk,
        at=row.at,
        read=row.read_at is not None,
        words=words,
        icon=kind.icon if kind else "bell",
        record_type=row.row_type if seen else "",
        record_id=row.row_id if seen else None,
    )


def _other(row: Notification, who: str, title: str) -> str:
    known = ACTIONS.get(row.event.action) if row.event else None
    facts = {"who": who, "what": known.label if known else row.kind, "title": title}
    return _("%(who)s：%(what)s「%(title)s」") % facts
