"""Options that members add while they type (tags): created once, in the running action's event."""

from __future__ import annotations

from collections.abc import Iterable

from genjin.kernel.actor import Actor
from genjin.kernel.models.options import Option
from genjin.kernel.options import options_of
from genjin.kernel.recording import record
from genjin.kernel.stamps import bump_stamp


def ensure_options(actor: Actor, list_key: str, keys: Iterable[str]) -> None:
    """Create the options of a creatable list that do not exist yet; a new tag's key is its label."""
    known = options_of(list_key, actor.stamp)
    missing = [key for key in keys if key not in known]
    if not missing:
        return
    there = set(Option.objects.filter(list_key=list_key, key__in=missing).values_list("key", flat=True))
    for key in missing:
        if key not in there:
            record(actor, Option(list_key=list_key, key=key[:60], label=key[:60], order=1000))
    bump_stamp()
