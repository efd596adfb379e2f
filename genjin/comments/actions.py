"""Writing a comment on a record that one sees, and taking it back (B5: reading allows to comment; B7, S0-85)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.comments.fields import Members
from genjin.comments.models import Comment
from genjin.comments.queries import GRANT, comment_for, record_named
from genjin.comments.rules import in_time
from genjin.comments.settings import TAKE_BACK_HOURS
from genjin.kernel import people
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, SEE, may, row_for
from genjin.kernel.fields import LongText, Number, Text
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.recording import record
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.wording import listed
from genjin.org.grants import add_to_ready_roles
from genjin.org.queries import actor_for

WRITE, MANAGE = "comments.write", "comments.manage"
SECTION = gettext_lazy("讨论")
declare_grants(
    SECTION,
    (GRANT, gettext_lazy("查看评论")),
    (WRITE, gettext_lazy("写评论、撤回自己的评论")),
    scoped=False,
)
declare_grants(SECTION, (MANAGE, gettext_lazy("撤回他人的评论")))
_EVERYDAY = (GRANT, WRITE)
add_to_ready_roles(
    salesperson=_EVERYDAY,
    create_only=_EVERYDAY,
    manager=(*_EVERYDAY, MANAGE),
    department_head=(*_EVERYDAY, MANAGE),
    reviewer=_EVERYDAY,
    operations=(*_EVERYDAY, MANAGE),
)


@action("comments.write", on=Comment, needs=WRITE, label=gettext_lazy("评论"), icon="message-circle", listed=False)
def write_comment(
    actor: Actor,
    *,
    record_type: Annotated[str, Text(key="record_type", label=gettext_lazy("记录类型"), most=40)],
    record_id: Annotated[int, Number(key="record_id", label=gettext_lazy("记录"))],
    words: Annotated[str, LongText(key="words", label=gettext_lazy("评论"), most=2000)],
    mentions: Annotated[list[int] | None, Members(key="mentions", label=gettext_lazy("提到"))] = None,
) -> Comment:
    """Say something about a record in sight. Whoever is mentioned must see it too. Raises NotFound,
    Refused("voided"), Refused("cannot_see"), Forbidden for the system."""
    if actor.member_id is None:
        raise Forbidden
    parent = record_named(actor, record_type, record_id, lock=True)
    if parent.life == Life.VOIDED:
        raise Refused("voided", _("记录已作废，还原后才能评论"))
    wanted = [member_id for member_id in mentions or [] if member_id != actor.member_id]
    _check_sight(actor, parent, wanted)
    comment = Comment(
        record_type=parent.row_type,
        record_id=parent.pk,
        author_id=actor.member_id,
        words=words,
        mentions=wanted,
        written_at=actor.now(),
    )
    record(actor, comment)
    return comment


@action(
    "comments.take_back",
    on=Comment,
    needs=WRITE,
    label=gettext_lazy("撤回评论"),
    icon="arrow-back-up",
    danger=True,
    confirm=gettext_lazy("撤回后文字不再保留，原处显示「已撤回」。"),
    listed=False,
)
def take_back_comment(actor: Actor, comment_id: int) -> Comment:
    """Erase a comment's words and keep its place: the author within the company's hours, at any time whoever manages
    comments of the record. Raises NotFound, Forbidden, Refused("taken_back")."""
    comment, parent = comment_for(actor, comment_id, lock=True)
    if comment.taken_back_at is not None:
        raise Refused("taken_back", _("这条评论已经撤回"))
    if not takes_back(actor, comment) and not manages(actor, parent):
        hours = TAKE_BACK_HOURS.at(actor.stamp)
        raise Forbidden(_("只有写评论的人可以在 %(hours)d 小时内撤回，其后请找主管") % {"hours": hours})
    comment.words, comment.mentions, comment.taken_back_at = "", [], timezone.now()
    record(actor, comment)
    return comment


def takes_back(actor: Actor, comment: Comment) -> bool:
    """Whether it is the actor's own and its time has not run out."""
    own = comment.author_id == actor.member_id and actor.may(WRITE)
    return own and in_time(comment.written_at, timezone.now(), TAKE_BACK_HOURS.at(actor.stamp))


def manages(actor: Actor, parent: Record) -> bool:
    """Whether the actor may take back what others say about a record."""
    return actor.may(MANAGE) and may(actor, parent, MANAGE, OWN)


def _check_sight(actor: Actor, parent: Record, member_ids: Iterable[int]) -> None:
    """Raises Refused("cannot_see") with the names of those who would not see what they are mentioned in."""
    names = [
        people.directory().member_name(member_id, actor.stamp)
        for member_id in member_ids
        if not _sees(actor, member_id, parent)
    ]
    if names:
        words = _("%(names)s看不到这条记录，请先把他加入客户团队，或去掉 @") % {"names": listed(names)}
        raise Refused("cannot_see", words, "mentions")


def _sees(actor: Actor, member_id: int, parent: Record) -> bool:
    other = actor_for(member_id, actor.surface)
    if other is None or not other.may(GRANT):
        return False
    try:
        row_for(other, type(parent), parent.pk, to=SEE)
    except NotFound:
        return False
    return True
