"""Reads of comments: a record's thread by key, one comment through its record, who wrote there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from genjin.comments.models import Comment
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, demand_sight, row_for
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound

MOST = 20
BEFORE_IT = 5
COUNTED = 99
GRANT = "comments.see"


@dataclass(frozen=True)
class Thread:
    """Comments of a record, the newest last. `earlier`, `later`: whether there are more on either side."""

    comments: list[Comment]
    earlier: bool = False
    later: bool = False


def thread(
    actor: Actor, record: Record, *, before: int | None = None, after: int | None = None, at: int | None = None
) -> Thread:
    """The newest comments of a record; `before` or `after` a comment's id, or around it (`at`). One query, two with
    `at`. Raises NotFound when the record is out of sight, Forbidden without the grant."""
    rows = _of(actor, record)
    if at is not None:
        found, earlier = _back(rows.filter(pk__lt=at), BEFORE_IT)
        following, later = _on(rows.filter(pk__gte=at), MOST)
        return Thread([*found, *following], earlier, later)
    if after is not None:
        found, later = _on(rows.filter(pk__gt=after), MOST)
        return Thread(found, True, later)
    found, earlier = _back(rows.filter(pk__lt=before) if before is not None else rows, MOST)
    return Thread(found, earlier, before is not None)


def counted(actor: Actor, record: Record) -> int:
    """How many comments stand under a record, those taken back left out; COUNTED + 1 means more."""
    return _of(actor, record).filter(taken_back_at=None)[: COUNTED + 1].count()


def writers_of(actor: Actor, record: Record, most: int = 8) -> list[int]:
    """The ids of those who wrote last, the latest first. One query."""
    latest = _of(actor, record).order_by("-id").values_list("author_id", flat=True)[: most * 3]
    return list(dict.fromkeys(latest))[:most]


def comment_for(actor: Actor, comment_id: int, *, lock: bool = False) -> tuple[Comment, Record]:
    """A comment's one door, with its record: that must be in sight now. Raises NotFound or Forbidden."""
    actor.demand(GRANT)
    rows = Comment.objects.select_for_update() if lock else Comment.objects.all()
    comment = rows.filter(pk=comment_id).first()
    if comment is None:
        raise NotFound
    return comment, record_named(actor, comment.record_type, comment.record_id)


def record_named(actor: Actor, record_type: str, record_id: int, *, lock: bool = False) -> Record:
    """A record of any type, through its own door. Raises NotFound."""
    declared = RECORD_TYPES.get(record_type)
    if declared is None or not 0 < record_id < 2**63:
        raise NotFound
    return row_for(actor, declared.model, record_id, to=SEE, lock=lock)


def words_of(ids: Collection[int]) -> dict[int, str]:
    """{id: words} of comments whose records were seen through their doors; '' for one taken back."""
    return dict(Comment.objects.filter(pk__in=ids).values_list("pk", "words")) if ids else {}


def _of(actor: Actor, record: Record) -> QuerySet[Comment]:
    actor.demand(GRANT)
    demand_sight(actor, record)
    return Comment.objects.filter(record_id=record.pk, record_type=record.row_type)


def _back(rows: QuerySet[Comment], most: int) -> tuple[list[Comment], bool]:
    found = list(rows.order_by("-id")[: most + 1])
    return found[:most][::-1], len(found) > most


def _on(rows: QuerySet[Comment], most: int) -> tuple[list[Comment], bool]:
    found = list(rows.order_by("id")[: most + 1])
    return found[:most], len(found) > most
