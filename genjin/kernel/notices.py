"""Messages to a member about events. Their words are made when they are read, from what may be seen then.

Areas declare the words of their kinds and make the rows with `notify`, in a reader of sealed events or a job.
How messages leave the product is not decided here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actions import ACTIONS, action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number
from genjin.kernel.fields.base import Label
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.events import Event, Notification
from genjin.kernel.models.rows import Row
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.titles import titles_of

COUNTED = 99
AT_ONCE = 500
# asked with every page, hence without Django's building of it
UNREAD = """
SELECT count(*) FROM (
  SELECT 1 FROM kernel_notification WHERE member_id = %s AND read_at IS NULL LIMIT %s
) AS waiting
"""

Facts = Callable[[Actor, Mapping[str, Any]], Mapping[str, str]]

declare_grants(gettext_lazy("消息"), ("inbox.use", gettext_lazy("查看自己的消息")), scoped=False)


@dataclass(frozen=True)
class NoticeKind:
    """A kind of message: its words (with %(who)s, %(title)s and the names `facts` gives), icon, the label under which a
    member chooses where he gets it, and where it leads, each with the names of the note: the place on the record's
    page, or the page when it is about no record."""

    key: str
    words: Label
    icon: str
    label: Label
    facts: Facts | None = None
    anchor: str = ""
    place: str = ""


@dataclass(frozen=True)
class Told:
    """A message to be made: to whom, of which kind, about which row; `once` names what is never told twice."""

    member_id: int
    kind: str
    row: Row | None = None
    event_id: int | None = None
    once: str = ""
    note: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """A message as its receiver may read it now; it leads nowhere when the record is out of sight."""

    id: int
    at: datetime
    read: bool
    words: str
    icon: str
    kind: str = ""
    hidden: bool = False
    record_type: str = ""
    record_id: int | None = None
    anchor: str = ""
    place: str = ""
    note: Mapping[str, Any] = field(default_factory=dict)


NOTICE_KINDS: dict[str, NoticeKind] = {}


def declare_notice(
    kind: str,
    words: Label,
    icon: str = "bell",
    *,
    label: Label = "",
    facts: Facts | None = None,
    anchor: str = "",
    place: str = "",
) -> None:
    """Say what messages of a kind read like. `facts(reader, note)` gives further names for the words, and is only asked
    when the reader may see the row. Kinds with the same label are one line of a member's preferences. `anchor`: where
    on the record's page, such as `comment-%(comment)s`; `place`: the page of a message about no record. Raises
    ValueError for a kind that is declared twice."""
    if kind in NOTICE_KINDS:
        raise ValueError(f"notice {kind} is declared twice")
    NOTICE_KINDS[kind] = NoticeKind(kind, words, icon, label or gettext_lazy("其他消息"), facts, anchor, place)


def notify(
    member_ids: Iterable[int],
    kind: str,
    row: Row | None,
    *,
    event: Event | None = None,
    once: str = "",
    note: Mapping[str, Any] | None = None,
) -> None:
    """Tell members about a row: at most once per (member, `once`) and per (member, event, kind, row), however often it
    is called. One statement for all of them. `note` holds plain JSON for the kind's `facts`. Raises KeyError for a kind
    that is not declared."""
    event_id = event.pk if event else None
    notify_each(Told(member_id, kind, row, event_id, once, note or {}) for member_id in member_ids)


def notify_each(told: Iterable[Told]) -> None:
    """Different messages in few statements; what was told already is passed over. Raises KeyError as `notify`."""
    made = [
        Notification(
            member_id=each.member_id,
            event_id=each.event_id,
            kind=NOTICE_KINDS[each.kind].key,
            row_type=each.row.row_type if each.row else "",
            row_id=each.row.pk if each.row else None,
            once=each.once,
            note=dict(each.note),
        )
        for each in told
    ]
    Notification.objects.bulk_create(made, ignore_conflicts=True, batch_size=AT_ONCE)


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
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, [actor.member_id, COUNTED + 1])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def notices(
    actor: Actor, *, unread_only: bool = False, kind: str = "", before: int | None = None, most: int = 30
) -> tuple[list[Notice], bool]:
    """(the actor's messages newest first, of one kind or all, whether there are earlier ones). One query and one per
    record type."""
    rows = _mine(actor).select_related("event").order_by("-id")
    if kind:
        rows = rows.filter(kind=kind)
    if unread_only:
        rows = rows.filter(read_at=None)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: most + 1])
    return worded(actor, found[:most]), len(found) > most


def worded(actor: Actor, rows: Sequence[Notification]) -> list[Notice]:
    """Messages (with their `event`) as this reader may read them now. One query per record type."""
    titles = _titles(actor, rows)
    return [_notice(actor, row, titles) for row in rows]


def notice_for(actor: Actor, notice_id: int) -> Notice:
    """One of one's own messages. Raises NotFound."""
    row = _mine(actor).filter(pk=notice_id).select_related("event").first()
    if row is None:
        raise NotFound
    return worded(actor, [row])[0]


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
    kind = NOTICE_KINDS.get(row.kind)
    member_id = row.event.member_id if row.event else None
    who = people.directory().member_name(member_id, actor.stamp) if member_id else _("系统")
    title = titles.get(row.row_id) if row.row_id is not None else None
    hidden = row.row_id is not None and title is None
    shown = title if title is not None else _("已无权查看的记录")
    return Notice(
        id=row.pk,
        at=row.at,
        read=row.read_at is not None,
        words=_words(actor, row, kind, who, shown, hidden=hidden),
        icon=kind.icon if kind else "bell",
        kind=row.kind,
        hidden=hidden,
        record_type=row.row_type if title is not None else "",
        record_id=row.row_id if title is not None else None,
        anchor=kind.anchor % row.note if kind and kind.anchor and title is not None else "",
        place=kind.place % row.note if kind and kind.place and row.row_id is None else "",
        note=row.note if not hidden else {},
    )


def _words(actor: Actor, row: Notification, kind: NoticeKind | None, who: str, title: str, *, hidden: bool) -> str:
    if kind is None:
        return _other(row, who, title)
    facts: defaultdict[str, str] = defaultdict(lambda: "—", who=who, title=title)
    if kind.facts and not hidden:
        facts.update(kind.facts(actor, row.note))
    return str(kind.words) % facts


def _other(row: Notification, who: str, title: str) -> str:
    known = ACTIONS.get(row.event.action) if row.event else None
    facts = {"who": who, "what": known.label if known else row.kind, "title": title}
    return _("%(who)s：%(what)s「%(title)s」") % facts
