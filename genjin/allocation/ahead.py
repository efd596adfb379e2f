"""What a run over many records works out once for all of them: the past, and by fit who gets which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from genjin.allocation.models import Scheme
from genjin.allocation.queries import chooser_of, fitting, learnt_for, round_copy, uses_fit
from genjin.allocation.rules.fit import Learnt
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Record


@dataclass
class Known:
    """The past of each scheme that needs it, and the person of each record."""

    learnt: dict[int, Learnt] = field(default_factory=dict)
    planned: dict[int, dict[int, int]] = field(default_factory=dict)

    def past_of(self, actor: Actor, scheme: Scheme) -> Learnt | None:
        """The past, read at most once."""
        if not uses_fit(scheme):
            return None
        if scheme.pk not in self.learnt:
            self.learnt[scheme.pk] = learnt_for(actor, scheme, actor.now())
        return self.learnt[scheme.pk]


_known: ContextVar[Known | None] = ContextVar("allocation_ahead", default=None)


def known() -> Known:
    """What was worked out for this run; nothing outside one."""
    return _known.get() or Known()


@contextmanager
def worked_out(actor: Actor, records: Sequence[Record], schemes: Sequence[Scheme]) -> Iterator[None]:
    """Work it out for the calls inside."""
    found = Known()
    by_scheme: dict[int, list[Record]] = {}
    asking = [scheme for scheme in schemes if uses_fit(scheme)]
    for each in records if asking else ():
        scheme = fitting(actor, each, schemes)
        if scheme is not None and scheme in asking:
            by_scheme.setdefault(scheme.pk, []).append(each)
    for scheme in asking:
        if scheme.pk in by_scheme:
            past = found.past_of(actor, scheme)
            chooser = chooser_of(actor, scheme, round_copy(scheme), actor.now(), past=past)
            chooser.plan(by_scheme[scheme.pk])
            found.planned[scheme.pk] = chooser.planned
    token = _known.set(found)
    try:
        yield
    finally:
        _known.reset(token)


def asked_for(arguments: Mapping[str, Any], schemes: Sequence[Scheme]) -> list[Scheme]:
    """The schemes a run is about: the one it names, else all in their order."""
    named = str(arguments.get("scheme") or "")
    return [scheme for scheme in schemes if not named or str(scheme.pk) == named]
