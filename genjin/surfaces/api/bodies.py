"""Reading what a caller sent: a JSON object of bounded size and depth, parameters given once, a version to match."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any, NoReturn

from django.http import HttpRequest
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused
from genjin.surfaces.api.problems import Problem

MOST_BYTES = 1_000_000
DEEPEST = 8
LONGEST_PARAMETER = 2_000
LARGEST_ID = 2**63 - 1
_VERSION = re.compile(r'\s*"?(\d{1,9})(?:\.[0-9a-f]+)?"?\s*')


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body; {} for none. Raises Problem (413, 415, 400) or Refused."""
    if _length(request) > MOST_BYTES:
        raise Problem(413, "too_large", _("请求内容太大，最多 1 MB"))
    try:
        raw = request.body
    except RawPostDataException:
        raw = b""
    if not raw:
        return {}
    if request.content_type != "application/json":
        raise Problem(415, "unsupported_media_type", _("请以 application/json 发送"))
    found = _parsed(raw)
    if not isinstance(found, dict):
        raise Problem(400, "bad_json", _("请求内容应是一个 JSON 对象"))
    _check(found, 1)
    return found


def parameters(request: HttpRequest, known: Collection[str], *, dotted: bool = False) -> dict[str, list[str]]:
    """Query parameters, each given once (V15.3.7). `dotted`: names with a dot are filters, for the list to judge.

    Raises Problem 400 for one that is unknown, repeated, too long or holds NUL.
    """
    found: dict[str, list[str]] = {}
    for name, values in request.GET.lists():
        if name not in known and not (dotted and "." in name):
            raise Problem(400, "unknown_parameter", _("不认识的参数：%s") % name[:40], name[:100])
        if len(values) > 1:
            raise Problem(400, "repeated_parameter", _("参数只能给一次：%s") % name[:40], name[:100])
        if "\x00" in name + values[0] or len(values[0]) > LONGEST_PARAMETER:
            raise Problem(400, "bad_parameter", _("参数的值不能使用：%s") % name[:40], name[:100])
        found[name] = values
    return found


def read_size(parameters: dict[str, list[str]], default: int, most: int) -> int:
    """`size` as a number. Raises Problem 400."""
    text = parameters.get("size", [str(default)])[0]
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= most:
        raise Problem(400, "bad_size", _("size 应为 1 到 %d") % most, "size")
    return int(text)


def read_version(request: HttpRequest) -> int | None:
    """The version that If-Match names (`"7"` or the whole ETag). Raises Problem 400."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    match = _VERSION.fullmatch(given)
    if match is None:
        raise Problem(400, "bad_version", _('If-Match 应是读取时得到的版本，例如 "7"'), "If-Match")
    return int(match[1])


def read_key(request: HttpRequest) -> str | None:
    """The idempotency key. Raises Problem 400."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    if not 1 <= len(given) <= 100 or not given.isascii() or not given.isprintable():
        raise Problem(400, "bad_key", _("Idempotency-Key 应为 1 到 100 个可见的 ASCII 字符"), "Idempotency-Key")
    return given


def _length(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isdecimal() else 0


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(
            raw.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_once
        )
    except (ValueError, RecursionError):
        raise Problem(400, "bad_json", _("请求内容不是有效的 JSON（UTF-8）")) from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated key")
    return found


def _check(value: Any, depth: int) -> None:
    """Refuse what no field can hold: NUL, lone surrogates, deep nesting."""
    if depth > DEEPEST:
        raise Problem(400, "too_deep", _("请求内容嵌套太深"))
    if isinstance(value, str):
        if "\x00" in value or not _encodable(value):
            raise Refused("bad_text", _("文字里有不能保存的字符"))
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check(key, depth)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
