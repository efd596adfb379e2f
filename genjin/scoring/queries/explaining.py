"""A score in words, for one record and reader; and how the scores of a type are distributed, as they stand and as other
rules would have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import ngettext

from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.titles import titles_of
from genjin.scoring.asking import known_fields, words_of
from genjin.scoring.grants import MANAGE
from genjin.scoring.queries.reckoning import Reckoned, reckon
from genjin.scoring.queries.stored import Objecting, objection_on
from genjin.scoring.rules import MOST_PART, Band, Part, Scheme, counted
from genjin.scoring.schemes import USED, scheme_at
from genjin.scoring.scored import SCORED, Scored

SAMPLE = 2_000
"""Of more records so many of the newest are counted for a preview."""
POINTS = "score"


@dataclass(frozen=True)
class Line:
    """One reason, in words, with its points."""

    words: str
    points: int


@dataclass(frozen=True)
class PartTold:
    """A part with its reasons; `left_out`: points beyond its bounds."""

    part: Part
    points: int
    lines: tuple[Line, ...]
    left_out: int


@dataclass(frozen=True)
class Explained:
    """A score as its record's page and the JSON door tell it. `cooling`: the points lost to silence, None for none."""

    total: int
    band: Band
    parts: tuple[PartTold, ...]
    cooling: Line | None


def explained(actor: Actor, record: Record) -> Explained | None:
    """The score of a record as of today, with its reasons. None where there is none, or where the actor may not know
    all that it is made of. Counted from what stands now: the stored one follows within a moment."""
    scored = SCORED.get(record.row_type)
    if scored is None or POINTS not in RECORD_TYPES[record.row_type].seen_by(actor).own_fields:
        return None
    scheme = scheme_at(scored.key, actor.stamp)
    found = reckon(scored, scheme, [record.pk], actor.now()).get(record.pk)
    return _explained(actor, scored, scheme, found) if found else None


def objection_to(actor: Actor, record: Record) -> Objecting | None:
    """Why a lead, contact or opportunity that the actor sees takes no part; None when it does, or where scoring is not
    used."""
    return objection_on(record) if USED.at(actor.stamp) else None


def _explained(actor: Actor, scored: Scored, scheme: Scheme, found: Reckoned) -> Explained:
    score, fields = found.score, known_fields(scored.key, actor.stamp)
    points = {Part.MATCH: score.match, Part.INTENTION: score.intention}
    parts = []
    for part in Part:
        lines = tuple(
            Line(words_of(actor, rule, fields, counted(rule, found.ages) if rule.signal else None), rule.points)
            for rule, holds in zip(scheme.rules, score.held, strict=True)
            if holds and rule.part is part
        )
        parts.append(PartTold(part, points[part], lines, sum(line.points for line in lines) - points[part]))
    cooling = Line(_silence(found), -score.cooled) if score.cooled else None
    return Explained(score.total, scheme.band(score.total), tuple(parts), cooling)


def _silence(found: Reckoned) -> str:
    facts = {"days": found.quiet}
    if found.last is None:
        return ngettext("建立 %(days)d 天还没有跟进", "建立 %(days)d 天还没有跟进", found.quiet) % facts
    return ngettext("最近一次跟进已过 %(days)d 天", "最近一次跟进已过 %(days)d 天", found.quiet) % facts


@dataclass(frozen=True)
class Spread:
    """How many records are hot, warm, cold; `counted`: of how many, `sampled`: there are more."""

    hot: int
    warm: int
    cold: int
    sampled: bool = False

    @property
    def counted(self) -> int:
        """All of them."""
        return self.hot + self.warm + self.cold

    def share(self, count: int) -> int:
        """Per cent of all."""
        return round(100 * count / self.counted) if self.counted else 0


def standing(actor: Actor, scored: Scored) -> Spread:
    """The stored scores of a type by the limits in force. Raises Forbidden."""
    actor.demand(MANAGE)
    scheme = scheme_at(scored.key, actor.stamp)
    rows = scored.table._default_manager.filter(total__isnull=False)
    found = rows.aggregate(
        hot=Count("pk", filter=Q(total__gte=scheme.hot)),
        warm=Count("pk", filter=Q(total__gte=scheme.warm, total__lt=scheme.hot)),
        cold=Count("pk", filter=Q(total__lt=scheme.warm)),
    )
    return Spread(**found)


@dataclass(frozen=True)
class Example:
    """A record under the rules of a form: what it has now, what it would have."""

    title: str
    id: int
    before: int
    after: int


@dataclass(frozen=True)
class Preview:
    """What other rules come to on the company's own data: of the newest open records before and after, how many change
    their band, and one that changes most."""

    before: Spread
    after: Spread
    moved: int
    example: Example | None


def preview(actor: Actor, scored: Scored, scheme: Scheme) -> Preview:
    """The newest open records by the rules in force and by others. Raises Forbidden."""
    actor.demand(MANAGE)
    now, standing_scheme = actor.now(), scheme_at(scored.key, actor.stamp)
    ids = newest_open(scored, SAMPLE + 1)
    sampled, ids = len(ids) > SAMPLE, ids[:SAMPLE]
    before, after = reckon(scored, standing_scheme, ids, now), reckon(scored, scheme, ids, now)
    moved = sum(
        standing_scheme.band(before[key].score.total) is not scheme.band(after[key].score.total) for key in after
    )
    return Preview(
        _spread(standing_scheme, before.values(), sampled),
        _spread(scheme, after.values(), sampled),
        moved,
        _example(actor, scored, before, after),
    )


def newest_open(scored: Scored, most: int) -> list[int]:
    """Ids of the newest records that are scored, of all: figures of a preview are nobody's records."""
    rows = scored.record_type.model._default_manager.filter(scored.open).order_by("-pk")
    return list(rows.values_list("pk", flat=True)[:most])


def _spread(scheme: Scheme, found: Iterable[Reckoned], sampled: bool) -> Spread:
    bands = [scheme.band(one.score.total) for one in found]
    return Spread(bands.count(Band.HOT), bands.count(Band.WARM), bands.count(Band.COLD), sampled)


def _example(actor: Actor, scored: Scored, before: dict[int, Reckoned], after: dict[int, Reckoned]) -> Example | None:
    """The record that changes most, of those that the actor sees."""
    by_change = sorted(after, key=lambda key: (-abs(after[key].score.total - before[key].score.total), -key))[:20]
    titles = titles_of(actor, scored.key, by_change)
    found = next((key for key in by_change if titles.get(key)), None)
    if found is None:
        return None
    return Example(titles[found], found, before[found].score.total, after[found].score.total)


__all__ = ["MOST_PART", "Explained", "Preview", "Spread", "explained", "preview", "standing"]
