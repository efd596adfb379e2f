"""Signals of intention: what a prospect did and when. Any area above may declare more (a form that was sent in, a visit
to a campaign's page); rules of intention count them.

    declare_source(Source(
        key="submissions", types=frozenset({"lead"}), moments=submissions_of, records=leads_of_submissions,
        reads=frozenset({"submission.form"})))
    declare_signal(Signal("submitted", _("提交表单"), "submissions", lambda seen: True))

`moments` is asked for many records at once and answers with one query; `records` tells which records rows of the ledger
concern, {row type: function of their ids}, so that a score follows what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from genjin.kernel.fields.base import Label


@dataclass(frozen=True)
class Moment:
    """Something that happened with a record; `seen`: what its signals look at."""

    record_id: int
    at: datetime
    seen: Any = None


Moments = Callable[[str, Collection[int], datetime], Iterable[Moment]]
"""(record type, ids, since) → what happened with them since then."""
Concerned = Callable[[Collection[int]], Iterable[tuple[str, int]]]
"""(ids of rows) → (record type, id) of the records that they concern."""


@dataclass(frozen=True)
class Source:
    """Where moments come from, for which types; `reads`: the fields that they tell of, as roles name them; `grants`:
    those without which nobody knows of them."""

    key: str
    types: frozenset[str]
    moments: Moments
    records: Mapping[str, Concerned] = field(default_factory=dict)
    reads: frozenset[str] = frozenset()
    grants: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Signal:
    """One kind of moment. `counts`: whether what was seen is one; `interaction`: whether it stops the cooling."""

    key: str
    label: Label
    source: str
    counts: Callable[[Any], bool]
    interaction: bool = True


SOURCES: dict[str, Source] = {}
SIGNALS: dict[str, Signal] = {}


def declare_source(source: Source) -> None:
    """Let an area tell what happened. Raises ValueError for a key declared twice."""
    if source.key in SOURCES:
        raise ValueError(f"source {source.key} is declared twice")
    SOURCES[source.key] = source


def declare_signal(signal: Signal) -> None:
    """Let rules ask for a kind of moment. Raises ValueError for a key declared twice or a source that is none."""
    if signal.key in SIGNALS or signal.source not in SOURCES:
        raise ValueError(f"signal {signal.key} is declared twice, or its source is unknown")
    SIGNALS[signal.key] = signal


def signals_of(record_type: str) -> dict[str, Signal]:
    """The signals that records of a type give, by key."""
    return {key: one for key, one in SIGNALS.items() if record_type in SOURCES[one.source].types}


def sources_of(record_type: str) -> list[Source]:
    """The sources that tell of a type."""
    return [source for source in SOURCES.values() if record_type in source.types]
