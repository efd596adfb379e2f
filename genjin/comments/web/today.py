"""提到我的 on the workbench: unread mentions, gone when read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.comments.jobs import MENTION
from genjin.comments.queries import GRANT, words_of
from genjin.kernel.notices import notices
from genjin.ui.pages import PageRequest
from genjin.ui.workbench import Workcard, register_workcard

MOST = 5
LONGEST = 80


@dataclass(frozen=True)
class Mention:
    """An unread mention; `open_url` reads it and leads to the comment."""

    words: str
    said: str
    at: datetime
    open_url: str


def mentions(request: PageRequest, member_id: int) -> Workcard | None:
    """One's own unread mentions of what one may still see. A query without any; with some one for the titles of each
    type and one for the words."""
    actor = request.actor
    if member_id != actor.member_id or not actor.may(GRANT) or not actor.may("inbox.use"):
        return None
    found, more = notices(actor, unread_only=True, kind=MENTION, most=MOST)
    found = [notice for notice in found if not notice.hidden]
    if not found:
        return None
    said = words_of([notice.note.get("comment", 0) for notice in found])
    lines = [
        Mention(
            words=notice.words,
            said=_cut(said.get(notice.note.get("comment", 0), "")) or _("已撤回"),
            at=notice.at,
            open_url=reverse("inbox-open", args=[notice.id]),
        )
        for notice in found
    ]
    count = f"{MOST}+" if more else str(len(lines))
    return Workcard("comments/today.html", {"mentions": lines, "mentions_count": count, "more_mentions": more})


def _cut(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


register_workcard("mentions", mentions, order=40, side=True)
