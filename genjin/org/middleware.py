"""Puts the actor on the request, and the member's language in force."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from genjin.kernel.actor import Actor, Surface
from genjin.org.queries import actor_for
from genjin.org.sessions import touch


class ActorMiddleware:
    """`request.actor` is an Actor, or None for somebody not signed in (only open pages are served then)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find the actor of the session."""
        actor = _actor(request)
        request.actor = actor  # type: ignore[attr-defined]  # the request type of pages declares it
        language = actor.language if actor else translation.get_language_from_request(request)
        with translation.override(language), timezone.override(actor.time_zone if actor else None):
            return self.get_response(request)


def _actor(request: HttpRequest) -> Actor | None:
    member_id = request.session.get(SESSION_KEY)
    if member_id is None:
        return None
    touch(request.session)
    return actor_for(int(member_id), Surface.WEB, request_id=getattr(request, "request_id", ""))
