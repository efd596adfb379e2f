"""A body that is too large is refused before it is read (V5.2.1)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from genjin.kernel.files import TooLarge
from genjin.ui import errors

AROUND = 1 << 20  # what a form holds beside the file
API = "/api/"


_longer: dict[str, int] = {}


def allow_longer(path: str, most_bytes: int) -> None:
    """Let larger files through at one address, which looks at them itself while they come."""
    _longer[path] = most_bytes


def most_bytes(request: HttpRequest) -> int:
    """How large a file may be at this address."""
    return _longer.get(request.path_info, settings.FILE_MOST_BYTES)


def too_large(request: HttpRequest) -> bool:
    """Whether the announced length is more than one file with its form."""
    given = request.META.get("CONTENT_LENGTH") or "0"
    return given.isdecimal() and int(given) > most_bytes(request) + AROUND


class UploadLimitMiddleware:
    """Stands before the CSRF check, which reads the whole form. The JSON door refuses for itself, in JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on, or answer 413."""
        if too_large(request) and not request.path_info.startswith(API):
            return errors.refused(request, TooLarge(most_bytes(request)))
        return self.get_response(request)
