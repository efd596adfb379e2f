"""Which column of a table is which field: by its heading, and where that leaves doubt by its values (S0-32)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, FieldError, MultiChoice
from genjin.kernel.tables import Cell
from genjin.kernel.wording import in_every_language
from genjin.surfaces.imports.kinds import EXTRA, KINDS, PIECE, Kind, Target
from genjin.surfaces.imports.rules import Rule
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.words import HEADINGS, plain_heading

LOOK_AT = 200
SURE = 0.8
FEWEST = 2


def propose(actor: Actor, kind: Kind, headings: Sequence[str], samples: Samples) -> list[Rule]:
    """A rule for every column in order; a field is brought by one column at most."""
    matching = _Matching(actor, kind, samples)
    named = [matching.by_name(index, heading) for index, heading in enumerate(headings)]
    chosen: dict[int, tuple[str, str]] = {}
    for index, found in enumerate(named):
        if found and found[0] not in {target for target, _how in chosen.values()}:
            chosen[index] = found
    for index in range(len(headings)):
        if index not in chosen:
            guessed = matching.by_content(index, {target for target, _how in chosen.values()})
            if guessed:
                chosen[index] = (guessed, "content")
    return [
        Rule.from_json({"index": index, "heading": heading, "target": target, "how": how})
        for index, heading in enumerate(headings)
        for target, how in [chosen.get(index, ("", ""))]
    ]


@dataclass(frozen=True)
class _Matching:
    actor: Actor
    kind: Kind
    samples: Samples

    def by_name(self, index: int, heading: str) -> tuple[str, str] | None:
        """The target this heading means; of several, the one whose options the values are."""
        plain = plain_heading(heading).casefold()
        found = [t for t in self._fields() if plain in _names(t)]
        if not found:
            return None
        best = max(found, key=lambda target: self.share(index, target))
        return best.name, "name" if len(found) == 1 else "content"

    def by_content(self, index: int, taken: set[str]) -> str | None:
        """The option list that nearly all values belong to."""
        if len(self.samples.values(index, FEWEST)) < FEWEST:
            return None
        lists = [t for t in self._fields() if isinstance(t.field, Choice) and not isinstance(t.field, MultiChoice)]
        free = [t for t in lists if t.name not in taken]
        best = max(free, key=lambda target: self.share(index, target), default=None)
        return best.name if best and self.share(index, best) >= SURE else None

    def _fields(self) -> Iterable[Target]:
        targets = self.kind.targets(self.actor).values()
        return [t for t in targets if not t.name.startswith((EXTRA, PIECE))]

    def share(self, index: int, target: Target) -> float:
        """How many of the distinct values are options of the field, 0–1."""
        values = self.samples.values(index, LOOK_AT)
        if not isinstance(target.field, Choice) or not values:
            return 0
        return sum(self._fits(target, value) for value in values) / len(values)

    def _fits(self, target: Target, value: Cell) -> bool:
        try:
            return bool(target.field.parse(value, self.actor))
        except FieldError:
            return False


def _names(target: Target) -> set[str]:
    labels = in_every_language(target.field.label)
    return {plain_heading(word).casefold() for word in (*labels, *HEADINGS.get(target.name, ()))}


__all__ = ["KINDS", "propose"]
