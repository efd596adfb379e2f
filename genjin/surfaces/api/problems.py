"""Errors of the JSON door: one shape for all, never a trace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse

from genjin.kernel.recording import plain
from genjin.kernel.refusal import Refused

CONTENT_TYPE = "application/json; charset=utf-8"
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


class Problem(Refused):
    """The request itself is wrong (not a rule that said no): its own status and headers."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, message, field)
        self.status = status
        self.headers = dict(headers or {})


def answer(payload: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A JSON answer."""
    text = json.dumps(payload, cls=DjangoJSONEncoder, ensure_ascii=False)
    response = HttpResponse(text, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))
    response.headers["Content-Security-Policy"] = POLICY
    return response


def refusal_answer(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal as JSON: {"error": {code, message, field, errors, details, request_id}}."""
    headers = refusal.headers if isinstance(refusal, Problem) else {}
    return answer({"error": {**described(refusal), "request_id": request_id(request)}}, refusal.status, headers)


def described(refusal: Refused) -> dict[str, Any]:
    """What is told of a refusal."""
    return {
        "code": refusal.code,
        "message": refusal.message,
        "field": refusal.field,
        "errors": refusal.errors,
        "details": _details(refusal.facts),
    }


def request_id(request: HttpRequest) -> str:
    """The number by which the log knows the request."""
    return str(getattr(request, "request_id", ""))


def _details(facts: Mapping[str, Any]) -> dict[str, Any]:
    details = dict(facts)
    differences = details.get("differences")
    if differences:
        details["differences"] = {
            key: {"theirs": plain(theirs), "mine": plain(mine)} for key, (theirs, mine) in differences.items()
        }
    return details
