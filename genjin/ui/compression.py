"""Compresses what the application answers. Static files are compressed once, when they are collected."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Callable
from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

LEAST = 800
LEVEL = 3  # a sixth of the size for a third of a millisecond; higher levels take longer and win little
MOST_PADDING = 100
KINDS = ("text/", "application/json", "image/svg+xml")


class CompressionMiddleware:
    """gzip for texts, padded by a random length, so that their size tells nothing about what they hold (BREACH)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Compress where the browser can read it."""
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if response.streaming or len(response.content) < LEAST or not kind.startswith(KINDS):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if "gzip" in request.headers.get("accept-encoding", "") and not response.has_header("Content-Encoding"):
            response.content = compressed(response.content)
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Length"] = str(len(response.content))
        return response


def compressed(content: bytes) -> bytes:
    """As gzip; the name of the file inside is the padding."""
    packed = BytesIO()
    padding = "a" * secrets.randbelow(MOST_PADDING)
    with gzip.GzipFile(filename=padding, mode="wb", compresslevel=LEVEL, fileobj=packed, mtime=0) as file:
        file.write(content)
    return packed.getvalue()
