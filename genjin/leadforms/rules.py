"""What a public form is made of, and when it takes what; no queries.

A submission (表单提交) is received, and becomes a lead or is held for somebody to look at (B20, B19). What is abuse is
turned away and only counted.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.moves import Moves

MOST_FIELDS = 30
MOST_HOSTS = 20
MOST_CHANNELS = 50
LONGEST_BODY = 64 << 10
TRACKED = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
LONGEST_TRACKED = 100
REACHED_BY = ("mobile", "phone", "email", "wechat")
"""Fields by which somebody can be reached: a form asks for one of them at least."""


class Target(TextChoices):
    """Where leads of a form go."""

    OWNER = "owner", _("给一个人")
    POOL = "pool", _("放入线索公海")
    SCHEME = "scheme", _("按分配方案")


class State(TextChoices):
    """Where a submission stands."""

    RECEIVED = "received", pgettext_lazy("submission", "处理中")
    ACCEPTED = "accepted", pgettext_lazy("submission", "已入库")
    HELD = "held", pgettext_lazy("submission", "待审核")
    DISCARDED = "discarded", pgettext_lazy("submission", "已丢弃")


MOVES = Moves(
    name="form_submission",
    attribute="state",
    states=State,
    table={
        State.RECEIVED: frozenset({State.ACCEPTED, State.HELD}),
        State.HELD: frozenset({State.ACCEPTED, State.DISCARDED}),
        State.DISCARDED: frozenset({State.HELD}),
        State.ACCEPTED: frozenset(),
    },
    words={
        State.ACCEPTED: _("这条提交已经成为线索"),
        State.DISCARDED: _("这条提交已经丢弃；请先撤销丢弃"),
    },
)


class Held(TextChoices):
    """Why a submission waits for somebody."""

    REVIEW = "review", _("这个表单的提交都要先审核")
    SPAM = "spam", _("文字里有网址或网页代码")
    SENSITIVE = "sensitive", _("文字里有身份证号、银行卡号等")
    DUPLICATE = "duplicate", _("查重规则不允许重复新建")
    NOWHERE = "nowhere", _("负责人已离职或线索公海已停用")
    FULL = "full", _("负责人的库容已满")
    CHANGED = "changed", _("表单提交后，线索的字段变了")
    OTHER = "other", _("没能自动建成线索")


class Turned(TextChoices):
    """Why a request was turned away."""

    TOKEN = "token", _("没有打开表单就提交")
    FAST = "fast", _("打开后马上就提交")
    TRAP = "trap", _("填了看不见的项")
    UNKNOWN = "unknown", _("带有表单里没有的项")
    REPLAYED = "replayed", _("同一张表单换了内容再提交")
    PACE = "pace", _("提交得太频繁")
    LARGE = "large", _("内容太大")
    BROKEN = "broken", _("内容无法识别")


class Closed(TextChoices):
    """Why a form takes nothing now."""

    CLOSED = "closed", _("这个表单已经关闭")
    EARLY = "early", _("这个表单还没有开始")
    LATE = "late", _("这个表单已经结束")
    FULL = "full", _("名额已满，谢谢关注")


@dataclass(frozen=True)
class Period:
    """When a form takes submissions, and how many."""

    opened: bool
    opens_at: datetime | None
    closes_at: datetime | None
    most: int | None

    def closed(self, now: datetime, taken: int) -> Closed | None:
        """Why it takes none at this moment. It still takes one at the very moment at which it opens, none when it
        closes."""
        if not self.opened:
            return Closed.CLOSED
        if self.opens_at and now < self.opens_at:
            return Closed.EARLY
        if self.closes_at and now >= self.closes_at:
            return Closed.LATE
        if self.most is not None and taken >= self.most:
            return Closed.FULL
        return None


@dataclass(frozen=True)
class Asked:
    """A field as a form asks for it. Empty words: those of the declaration."""

    key: str
    label: str = ""
    help: str = ""
    required: bool = False

    def kept(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"key": self.key, "label": self.label, "help": self.help, "required": self.required}


def asked_of(raw: Mapping[str, Any]) -> Asked:
    """A kept field. Raises KeyError."""
    return Asked(raw["key"], raw.get("label", ""), raw.get("help", ""), bool(raw.get("required")))


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:\*\.)?(?:{_LABEL}\.)*{_LABEL}(?::\d{{1,5}})?")
_SCHEME = re.compile(r"^https?://", re.IGNORECASE)


def host_of(text: str) -> str | None:
    """The normal form of a host that may frame a form (`shop.example.cn`, `*.example.cn`, `127.0.0.1:8000`); None for
    what is none: nothing else ever gets into the header."""
    bare = _SCHEME.sub("", text.strip()).rstrip("/").lower()
    star, bare = ("*.", bare[2:]) if bare.startswith("*.") else ("", bare)
    name, colon, port = bare.partition(":")
    try:
        ascii_ = name.encode("idna").decode()
    except UnicodeError:
        return None
    found = f"{star}{ascii_}{colon}{port}"
    alone = star and "." not in ascii_
    sound = len(found) <= 260 and _HOST.fullmatch(found) and not alone and (not port or 0 < int(port) < 65536)
    return found if sound else None


NOBODY = "'none'"


def ancestors(hosts: list[str]) -> str:
    """The CSP directive by which only these may frame a page."""
    sources = " ".join(f"{scheme}://{host}" for host in hosts for scheme in ("https", "http"))
    return f"frame-ancestors {sources or NOBODY}"


_WEB = re.compile(r"https?://|www\.|<\s*/?\s*[a-z!]|\[url|javascript:", re.IGNORECASE)


def like_spam(text: str) -> bool:
    """Whether a text holds addresses or code of web pages, as what machines send does."""
    return _WEB.search(text) is not None


_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def cleaned(text: str) -> str:
    """A text from outside without what cannot be seen: control characters, those that turn the direction."""
    return _INVISIBLE.sub("", text)


def shortened(address: str) -> str:
    """An IP address without what tells one household from another: 203.0.113.x, 2001:db8:1::/48."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 4:
        return str(known).rpartition(".")[0] + ".x"
    return str(ipaddress.ip_network(f"{known}/48", strict=False))
