"""Discussions of records through the JSON door: read by key. Writing is the action comments.write."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.comments.models import Comment
from genjin.comments.queries import thread
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.surfaces.api.bodies import LARGEST_ID, parameters
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer
from genjin.surfaces.api.records import row_named, type_named


@endpoint("GET")
def comments(request: ApiRequest, plural: str, row_id: int) -> HttpResponse:
    """The newest comments of a record, the newest last; `before` goes on."""
    given = parameters(request, ("before",))
    row = row_named(request.actor, type_named(plural, request.actor), row_id)
    shown = thread(request.actor, row, before=_before(given))
    items = [_shown(request.actor, comment) for comment in shown.comments]
    return answer({"items": items, "before": shown.comments[0].pk if shown.earlier else None})


def _before(given: dict[str, list[str]]) -> int | None:
    text = given.get("before", [""])[0]
    if not text:
        return None
    if not text.isdecimal() or int(text) > LARGEST_ID:
        raise Problem(400, "bad_parameter", _("before 应是一条评论的编号"), "before")
    return int(text)


def _shown(actor: Actor, comment: Comment) -> dict[str, Any]:
    taken_back = comment.taken_back_at
    return {
        "id": comment.pk,
        "author": _member(actor, comment.author_id),
        "words": comment.words,
        "mentions": [_member(actor, member_id) for member_id in comment.mentions],
        "written_at": comment.written_at.isoformat(),
        "taken_back_at": taken_back.isoformat() if taken_back else None,
    }


def _member(actor: Actor, member_id: int) -> dict[str, Any]:
    return {"id": member_id, "name": people.directory().member_name(member_id, actor.stamp)}
