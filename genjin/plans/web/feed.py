"""The page on which one makes and revokes the address for other calendars, and what stands under that address."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse, HttpResponseNotModified
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from genjin.kernel.refusal import NotFound
from genjin.plans.actions.feeds import make_feed, revoke_feed, touch_feed
from genjin.plans.feed import calendar_text, reader_of
from genjin.plans.queries import live_feed
from genjin.plans.record import PLAN
from genjin.ui.pages import PageRequest, go, page, render

SUBSCRIBE = PLAN.grant("subscribe")


@page("calendar/feed", name="calendar-feed", methods=["GET", "POST"], needs=SUBSCRIBE)
def calendar_feed(request: PageRequest) -> HttpResponse:
    """Whether there is an address, and what it is good for; POST makes a new one, which is shown this once."""
    address = ""
    if request.method == "POST":
        _feed, secret = make_feed(request.actor)
        address = request.build_absolute_uri(f"/calendar/{secret}.ics")
    response = render(request, "plans/feed.html", feed=live_feed(request.actor), address=address)
    response["Cache-Control"] = "no-store"
    return response


@page("calendar/feed/revoke", name="calendar-feed-revoke", methods=["POST"], needs=SUBSCRIBE)
def calendar_feed_revoke(request: PageRequest) -> HttpResponse:
    """End the address."""
    revoke_feed(request.actor)
    return go(request, "/calendar/feed", _("订阅地址已停用"))


@page("calendar/<str:token>.ics", name="calendar-ics", open="the address itself is the key: 256 random bits, revocable")
def calendar_ics(request: PageRequest, token: str) -> HttpResponse:
    """A member's plans, for other calendars. NotFound for an address that is not good any more."""
    found = reader_of(token, request_id=request.request_id)
    if found is None:
        raise NotFound
    actor, feed_id = found
    touch_feed(actor, feed=feed_id)
    with translation.override(actor.language):
        text = calendar_text(actor, request.build_absolute_uri("/").rstrip("/"))
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    same = tag in request.headers.get("If-None-Match", "")
    response = HttpResponseNotModified() if same else HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["ETag"], response["Cache-Control"] = tag, "private, no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
