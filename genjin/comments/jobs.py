"""The reader of sealed events of comments: whoever is mentioned is told, and whose record it is (B7, S0-85)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy

from genjin.comments.models import Comment
from genjin.kernel.models.events import Event, EventLink
from genjin.kernel.models.rows import Record
from genjin.kernel.notices import Told, declare_notice, notify_each
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sealing import consumer

MENTION, ON_MINE = "comment_mention", "comment_on_mine"
declare_notice(
    MENTION,
    gettext_lazy("%(who)s在「%(title)s」的讨论中提到了您"),
    "at",
    label=gettext_lazy("讨论中提到我"),
    anchor="comment-%(comment)s",
)
declare_notice(
    ON_MINE,
    gettext_lazy("%(who)s评论了您的「%(title)s」"),
    "message-circle",
    label=gettext_lazy("我的记录有新评论"),
    anchor="comment-%(comment)s",
)


@consumer("comments_telling")
def tell(events: Sequence[Event]) -> None:
    """One message per comment and reader: mentioned, or else owner of the record; never to whoever wrote it, and not
    about what was taken back before anybody was told."""
    wanted = {event.pk: event for event in events if event.action == "comments.write"}
    if not wanted:
        return
    links = EventLink.objects.filter(event_id__in=wanted, row_type=Comment.row_type)
    by_comment = dict(links.values_list("row_id", "event_id"))
    comments = list(Comment.objects.filter(pk__in=by_comment, taken_back_at=None).order_by("id"))
    records = _records(comments)
    told: list[Told] = []
    for comment in comments:
        record = records.get((comment.record_type, comment.record_id))
        if record is not None:
            told += _told(comment, record, by_comment[comment.pk])
    notify_each(told)


def _told(comment: Comment, record: Record, event_id: int) -> list[Told]:
    receivers: dict[int, str] = {record.owner_id: ON_MINE} if record.owner_id else {}
    receivers |= dict.fromkeys(comment.mentions, MENTION)
    receivers.pop(comment.author_id, None)
    once, note = f"comment:{comment.pk}", {"comment": comment.pk}
    return [Told(member_id, kind, record, event_id, once, note) for member_id, kind in receivers.items()]


def _records(comments: Iterable[Comment]) -> dict[tuple[str, int], Record]:
    """{(type, id): record} of all of them, one query per type."""
    ids: dict[str, set[int]] = {}
    for comment in comments:
        ids.setdefault(comment.record_type, set()).add(comment.record_id)
    found: dict[tuple[str, int], Record] = {}
    for key, wanted in ids.items():
        declared = RECORD_TYPES.get(key)
        rows = declared.model._default_manager.filter(pk__in=wanted).defer("search", "search_key") if declared else ()
        found |= {(key, row.pk): row for row in rows}
    return found
