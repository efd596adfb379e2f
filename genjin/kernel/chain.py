"""The hash of a sealed event: what `sealing` writes, and what a check without Django must find again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any


def digest_of(facts: Sequence[Any], links: Iterable[tuple[int, bytes]]) -> bytes:
    """The hash of one event: [id, moment in UTC as ISO text, member, surface, action, note], and (row, digest) of its
    links in the order of rows."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    body = text.encode() + b"".join(str(row_id).encode() + digest for row_id, digest in links)
    return hashlib.sha256(body).digest()


def next_chain(chain: bytes, digest: bytes) -> bytes:
    """The chain after an event, from the chain before it and the event's hash."""
    return hashlib.sha256(chain + digest).digest()
