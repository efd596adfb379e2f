"""What surrounds every request: its id, the security headers, and how a refusal or fault becomes an answer."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from genjin.kernel.refusal import NotFound, Refused
from genjin.ui import errors

GetResponse = Callable[[HttpRequest], HttpResponseBase]
logger = logging.getLogger("genjin.requests")
current_request_id: ContextVar[str] = ContextVar("request_id", default="")

PERMISSIONS = "geolocation=(self), camera=(self), microphone=(self)"


class RequestIdMiddleware:
    """Gives each request a short id (`7F3A-21C9`) that people can read out and logs carry."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set request.request_id and the header X-Request-Id."""
        digits = secrets.token_hex(4).upper()
        request.request_id = f"{digits[:4]}-{digits[4:]}"  # type: ignore[attr-defined]
        token = current_request_id.set(request.request_id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            current_request_id.reset(token)
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class ProxyMiddleware:
    """Takes address and scheme of a request from the trusted proxies in front, and from nobody else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set REMOTE_ADDR and the scheme; cookies of an https request are secure, whatever the settings say."""
        meta, proxies = request.META, settings.PROXIES
        peer = str(meta.get("REMOTE_ADDR", ""))
        if proxies.trust(peer):
            meta["REMOTE_ADDR"] = proxies.client(peer, meta.get("HTTP_X_FORWARDED_FOR", ""))
            nearest = meta.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
            if nearest in ("http", "https"):
                meta["wsgi.url_scheme"] = nearest
        response = self.get_response(request)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response


class RequestIdFilter(logging.Filter):
    """Puts the request's id on log records as `request_id` ('-' outside requests)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        record.request_id = current_request_id.get() or "-"
        return True


class SecurityHeadersMiddleware:
    """Strict CSP and its companions on every answer; pages are never stored by caches."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {value}" for name, value in settings.SECURE_CSP.items())

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers; a view's own stricter Content-Security-Policy or Cache-Control stays."""
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", self.policy)
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Content-Type-Options"] = "nosniff"
        if not getattr(response, "xframe_options_exempt", False):  # then its own policy names who may frame it
            headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = PERMISSIONS
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if settings.SESSION_COOKIE_SECURE:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response


class RefusalMiddleware:
    """Turns what a view raises into an answer: a refusal with its reason, absent or forbidden rows alike, faults with
    a number and without a trace."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on; exceptions arrive in process_exception."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer for an exception of a view."""
        if isinstance(exception, Http404):
            return errors.refused(request, NotFound())
        if isinstance(exception, Refused):
            return errors.refused(request, exception)
        if isinstance(exception, (PermissionDenied, SuspiciousOperation)):
            return None
        logger.error("unexpected error [%s] %s %s", _id(request), request.method, request.path, exc_info=exception)
        return errors.fault(request)


def _id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))
