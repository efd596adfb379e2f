"""That somebody was told of records which he may not see: which ones, at which entry. The machine writes it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from django.utils.translation import gettext_lazy

from genjin.duplicates.actions.rules import compared_types
from genjin.duplicates.grants import TELL
from genjin.duplicates.limits import TELLING
from genjin.duplicates.rules import ENTRY_WORDS
from genjin.kernel.actions import action
from genjin.kernel.actor import EVERYTHING, Actor
from genjin.kernel.fields.base import Label
from genjin.kernel.fields.fixed import OneOf, Structured
from genjin.kernel.recording import note_event


def _entries() -> list[tuple[str, Label]]:
    return [(entry.value, label) for entry, label in ENTRY_WORDS.items()]


@action(TELLING, on=None, needs=TELL, label=gettext_lazy("查重时告知已有记录"), icon="copy", listed=False)
def tell(
    actor: Actor,
    *,
    about: Annotated[str, OneOf(key="about", label=gettext_lazy("数据类型"), pairs=compared_types)],
    entry: Annotated[str, OneOf(key="entry", label=gettext_lazy("入口"), pairs=_entries)],
    told: Annotated[list[int], Structured(key="told", label=gettext_lazy("记录"))],
) -> None:
    """Write it down."""
    note_event(actor, about=about, entry=entry, told=told)


def note_told(actor: Actor, about: str, entry: str, told: Sequence[int]) -> None:
    """The same in the name of whoever was told; he needs no grant for it."""
    if told:
        machine = replace(actor, grants={**actor.grants, TELL: EVERYTHING})
        tell(machine, about=about, entry=entry, told=list(told))
