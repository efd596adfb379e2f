"""What the log keeps of an export beside who and what: from where it was downloaded, which values it holds in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.kernel.recording import standing_note
from genjin.kernel.records import RecordType
from genjin.surfaces.exports.cells import is_masked, is_personal

MOST_OF_AGENT = 120


@contextmanager
def noting_place(request: HttpRequest) -> Iterator[None]:
    """Within it events tell the address and the device that asked (B19: IP/device)."""
    asked = request.META
    place = {"address": str(asked.get("REMOTE_ADDR", ""))[:64], "device": str(asked.get("HTTP_USER_AGENT", ""))}
    told = {name: text[:MOST_OF_AGENT] for name, text in place.items() if text}
    token = standing_note.set({**standing_note.get(), **told})
    try:
        yield
    finally:
        standing_note.reset(token)


def in_full(actor: Actor, record_type: RecordType, fields: Iterable[Field]) -> tuple[str, ...]:
    """The keys of the columns whose personal values are written out."""
    return tuple(f.key for f in fields if is_personal(f) and not is_masked(actor, record_type, f))


__all__ = ["in_full", "noting_place"]
