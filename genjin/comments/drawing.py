"""How comments look: lines with the names in them, the card around them. Nothing is written here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from genjin.comments.actions import WRITE, manages, takes_back
from genjin.comments.models import Comment
from genjin.comments.queries import COUNTED, Thread, counted
from genjin.comments.rules import parted
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import type_of
from genjin.ui.addresses import record_url


@dataclass(frozen=True)
class Line:
    """A comment as shown. `parts`: (piece, whether it names somebody mentioned); `others`: who is mentioned without
    standing in the words; `take_back`: where to take it back, '' for who may not."""

    id: int
    who: str
    at: datetime
    taken_back: bool
    parts: Sequence[tuple[str, bool]] = ()
    others: Sequence[str] = ()
    take_back: str = ""


@dataclass(frozen=True)
class Composer:
    """The form below a thread. `sent`, `error`: what a refused send held; `asks`: it may be confirmed, `confirmed`: it
    was (S3-21)."""

    key: str
    sent: str = ""
    error: str = ""
    mentioned: Sequence[tuple[int, str]] = ()
    asks: bool = False
    confirmed: bool = False


@dataclass(frozen=True)
class Talk:
    """A record's discussion as drawn."""

    id: int
    url: str
    title: str
    lines: list[Line]
    total: str
    earlier: int = 0
    later: int = 0
    inline: bool = False
    composer: Composer | None = None
    place: str = ""


def drawn(actor: Actor, record: Record, shown: Thread, *, inline: bool = False, sent: Composer | None = None) -> Talk:
    """A thread with its composer. A query more when not all of it is shown."""
    comments, address = shown.comments, record_url(record.row_type, record.pk)
    whole = not shown.earlier and not shown.later
    standing = sum(comment.taken_back_at is None for comment in comments)
    total = standing if whole else counted(actor, record)
    writes = actor.may(WRITE) and record.life != Life.VOIDED
    return Talk(
        id=record.pk,
        url=f"{address}/comments",
        title=str(getattr(record, type_of(record).title)),
        lines=lines(actor, record, comments),
        total=words_of_count(total),
        earlier=comments[0].pk if shown.earlier and comments else 0,
        later=comments[-1].pk if shown.later and comments else 0,
        inline=inline,
        composer=(sent or Composer(uuid.uuid4().hex)) if writes else None,
        place=address,
    )


def lines(actor: Actor, record: Record, comments: Sequence[Comment]) -> list[Line]:
    """The comments of one record; whether one manages them is asked once, and only when somebody else wrote any."""
    foreign = any(not takes_back(actor, comment) for comment in comments)
    managing = foreign and manages(actor, record)
    return [_line(actor, comment, managing=managing) for comment in comments]


def words_of_count(total: int) -> str:
    """The number, '99+' beyond."""
    return f"{COUNTED}+" if total > COUNTED else str(total)


def _line(actor: Actor, comment: Comment, *, managing: bool) -> Line:
    name = _named(actor, [comment.author_id, *comment.mentions])
    line = Line(comment.pk, name[comment.author_id], comment.written_at, comment.taken_back_at is not None)
    if line.taken_back:
        return line
    mentioned = [name[member_id] for member_id in comment.mentions if name[member_id]]
    parts = parted(comment.words, mentioned)
    there = {piece[1:] for piece, is_name in parts if is_name}
    others = [each for each in mentioned if each not in there]
    may_take = managing or takes_back(actor, comment)
    address = reverse("comment-taking-back", args=[comment.pk]) if may_take else ""
    return replace(line, parts=parts, others=others, take_back=address)


def _named(actor: Actor, ids: Sequence[int]) -> Mapping[int, str]:
    return {member_id: people.directory().member_name(member_id, actor.stamp) for member_id in ids}
