"""The frame around every view of the JSON door: who asks, how often, by which method; all that goes wrong as JSON."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from genjin.kernel.actor import Actor, Surface
from genjin.kernel.files import TooLarge
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.org.queries import actor_of_token
from genjin.org.sessions import touch_token
from genjin.surfaces.api.limits import seconds_to_wait
from genjin.surfaces.api.problems import Problem, answer, refusal_answer, request_id
from genjin.surfaces.attachments.limit import most_bytes, too_large

logger = logging.getLogger("genjin.requests")
READING = frozenset({"GET", "HEAD"})
View = Callable[..., HttpResponse]


class ApiRequest(HttpRequest):
    """A request as the views of this door get it."""

    actor: Actor


def endpoint(*methods: str) -> Callable[[View], View]:
    """Serve a view to callers with a token or a session. A method that is not listed answers 405."""
    allowed = frozenset(methods) | ({"HEAD"} if "GET" in methods else frozenset())

    def decorate(view: View) -> View:
        @csrf_exempt  # asked for below when a session, not a token, says who comes
        @wraps(view)
        def guarded(request: ApiRequest, **captured: Any) -> HttpResponse:
            try:
                if too_large(request):
                    raise TooLarge(most_bytes(request))
                if request.method not in allowed:
                    allow = {"Allow": ", ".join(sorted(allowed))}
                    raise Problem(405, "method_not_allowed", _("这个地址不支持此方法"), headers=allow)
                request.actor = _caller(request)
                with translation.override(request.actor.language), timezone.override(request.actor.time_zone):
                    return _served(view, request, captured)
            except Refused as refusal:
                return refusal_answer(request, refusal)

        return guarded

    return decorate


def _served(view: View, request: ApiRequest, captured: dict[str, Any]) -> HttpResponse:
    try:
        return view(request, **captured)
    except Refused as refusal:
        return refusal_answer(request, refusal)
    except Http404:
        return refusal_answer(request, NotFound())
    except SuspiciousOperation:
        return refusal_answer(request, Problem(400, "bad_request", _("请求无法识别")))
    except DataError:
        logger.warning("value unfit for the database [%s] %s", request_id(request), request.path, exc_info=True)
        return refusal_answer(request, Refused("bad_value", _("有的值超出允许的范围，请检查后再试")))
    except Exception:
        logger.exception("unexpected error [%s] %s %s", request_id(request), request.method, request.path)
        fault = Problem(500, "internal", _("系统遇到意外，没有保存任何更改。请重试；仍不行时把编号告诉管理员"))
        return refusal_answer(request, fault)


def _caller(request: HttpRequest) -> Actor:
    """Who asks. Raises Problem (401, 403, 429)."""
    given = request.headers.get("Authorization")
    return _by_token(request, given) if given else _by_session(request)


def _by_token(request: HttpRequest, given: str) -> Actor:
    scheme, _space, raw = given.partition(" ")
    found = None
    if scheme.lower() == "bearer" and raw.strip():
        found = actor_of_token(raw.strip(), Surface.API, request_id=request_id(request))
    if found is None:
        raise _unauthorized(_("令牌无效、已过期或已撤销"))
    actor, token_id = found
    _count(f"token:{token_id}")
    touch_token(token_id)
    return actor


def _by_session(request: HttpRequest) -> Actor:
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise _unauthorized(_("请先登录，或在 Authorization 头中给出个人令牌"))
    _count(f"member:{actor.member_id}")
    if request.method not in READING and _Check(_nothing).process_view(request, _nothing, (), {}) is not None:
        raise Forbidden(_("缺少 CSRF 令牌，请在 X-CSRFToken 头中给出；程序请用个人令牌"), "csrf")
    return actor.through(Surface.API)


def _unauthorized(message: str) -> Problem:
    return Problem(401, "unauthorized", message, headers={"WWW-Authenticate": 'Bearer realm="genjin"'})


def _count(caller: str) -> None:
    wait = seconds_to_wait(caller)
    if wait:
        raise Problem(429, "too_many_requests", _("请求太频繁，请稍后再试"), headers={"Retry-After": str(wait)})


def _nothing(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the check wants a view
    return answer({})


class _Check(CsrfViewMiddleware):
    """Django's check, asked by hand because a token needs none."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:  # noqa: ARG002 - as Django calls it
        return answer({"reason": reason}, 403)
