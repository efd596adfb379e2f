"""What an adapter is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings

from genjin.kernel import outbound
from genjin.kernel.outbound import Limits, OutboundFailed, OutboundRefused, Reply

MOST_LINES = 20
LONGEST_LINE = 120
LONGEST_ANSWER = 160


@dataclass(frozen=True)
class Line:
    """A line of a message and the place in the product it leads to ('' for none)."""

    text: str
    path: str = ""


@dataclass(frozen=True)
class Message:
    """A title and lines, in the reader's language. `key` names it: sent again under the same key it is the same
    message. `more`: words for the lines that were left out."""

    title: str
    lines: tuple[Line, ...] = ()
    path: str = "/inbox"
    key: str = ""
    more: str = ""
    see: str = ""


class Verdict(StrEnum):
    """What became of a call."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"
    GONE = "gone"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Answer:
    """A verdict, the provider's words for administrators, and how long it asked us to wait."""

    verdict: Verdict
    text: str = ""
    wait: timedelta | None = None

    @property
    def sent(self) -> bool:
        """It arrived."""
        return self.verdict is Verdict.SENT


def absolute(path: str) -> str:
    """The address of a place in the product, for readers outside of it."""
    return f"{settings.SITE_ADDRESS}{path}"


def short(text: str, *secrets: str) -> str:
    """A provider's words, shortened, without anything secret that it may have repeated."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "•••")
    return " ".join(text.split())[:LONGEST_ANSWER]


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    limits: Limits,
    read: Callable[[Reply], Answer],
    repeatable: bool = False,
) -> Answer:
    """One POST through the outbound door; `read` judges the reply. What may have arrived without an answer is unsure,
    unless it is `repeatable`: then it is tried again."""
    try:
        reply = outbound.send("POST", url, headers=headers, body=body, limits=outbound.limits_for(url, limits))
    except OutboundRefused as refused:
        return Answer(Verdict.LATER if refused.code == "dns" else Verdict.NEVER, str(refused))
    except OutboundFailed as failed:
        return Answer(Verdict.UNSURE if failed.spoken and not repeatable else Verdict.LATER, str(failed))
    return read(reply)
