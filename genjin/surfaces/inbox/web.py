"""The pages of the inbox: messages by key, opening one, marking as read."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.notices import COUNTED, notice_for, notices, read_notices, unread
from genjin.ui.addresses import notice_url
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, go, page, respond, wants_fragment

NEEDS = "inbox.use"


@page("inbox", name="inbox", needs=NEEDS)
def inbox(request: PageRequest) -> HttpResponse:
    """Unread messages, or with `?all=1` all of them; `?before=` goes on."""
    return respond(request, "inbox/inbox.html#messages", **_listing(request))


@page("inbox/<int:message>/opening", name="inbox-open", methods=["POST"], needs=NEEDS)
def opening(request: PageRequest, message: int) -> HttpResponse:
    """Read a message and go where it leads."""
    notice = notice_for(request.actor, message)
    read_notices.run(request.actor, None, {"message": message})
    return go(request, notice_url(notice) or reverse("inbox"))


@page("inbox/reading", name="inbox-read", methods=["POST"], needs=NEEDS)
def reading(request: PageRequest) -> HttpResponse:
    """Mark one message (`message`) or all up to one (`until`) as read."""
    raw = {key: request.POST[key] for key in ("message", "until") if key in request.POST}
    read_notices.run(request.actor, None, raw)
    if wants_fragment(request):
        return respond(request, "inbox/inbox.html#messages", **_listing(request))
    return go(request, reverse("inbox"), _("已标为已读"))


def _listing(request: PageRequest) -> dict[str, Any]:
    everything = request.GET.get("all") == "1"
    before = request.GET.get("before", "")
    known = int(before) if before.isdecimal() and len(before) < 19 else None
    found, more = notices(request.actor, unread_only=not everything, before=known)
    count = unread(request.actor)
    return {
        "messages": found,
        "more": found[-1].id if more else None,
        "everything": everything,
        "waiting": count,
        "waiting_text": f"{COUNTED}+" if count > COUNTED else str(count),
        "newest": found[0].id if found and known is None else None,
    }


def badge(actor: Actor) -> int | None:
    """Unread messages, for the menu."""
    return unread(actor) or None


register_nav(
    NavItem(
        key="inbox",
        label=gettext_lazy("消息"),
        icon="inbox",
        url_name="inbox",
        order=20,
        needs=NEEDS,
        badge=badge,
        cap=COUNTED,
    )
)
