"""Rows of declared types put right: what was said for all rows fills what the sheet leaves open, one column gives
several inputs, and the type itself tells what its creation would refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from genjin.kernel.actor import Actor
from genjin.kernel.fields import FieldError
from genjin.kernel.importing import Given
from genjin.surfaces.imports.kinds import OWNER, Kind
from genjin.surfaces.imports.policy import LEFT_OUT
from genjin.surfaces.imports.rules import WHOLE_ROW, Problem

Parts = dict[str, dict[str, Any]]


class Settling:
    """Made once for an import. `places` {target: column}, `given` {target: text} as the policy says."""

    def __init__(self, actor: Actor, kind: Kind, places: Mapping[str, int], given: Mapping[str, str]) -> None:
        self.actor, self.kind, self.places = actor, kind, places
        self.declared = kind.by_key[kind.main].declared
        self._nobody = f"{kind.anchor.key}.{kind.anchor_type.title}" if kind.finds else ""
        self._nameless = given.get(self._nobody, "")
        self._given = self._parsed(given)

    def _parsed(self, given: Mapping[str, str]) -> dict[str, Any]:
        """{input of the main part: value}; what cannot be read any more is left out."""
        found = {}
        targets = self.kind.for_all(self.actor) if given else {}
        for name, text in given.items():
            if name in targets and name != self._nobody:
                try:
                    found[targets[name].field.key] = targets[name].field.parse(text, self.actor)
                except FieldError:
                    continue
        return found

    def complete(self, values: Parts) -> bool:
        """Fill in what was said for all rows; whether the row is to be left out."""
        main = values.get(self.kind.main)
        if self.declared is None or not main:
            return False
        for key, value in self._given.items():
            main.setdefault(key, value)
        for one in self.declared.combined:
            if one.field.key in main:
                for key, value in one.gives(main.pop(one.field.key)).items():
                    main.setdefault(key, value)
        if not self._nameless or self._names_somebody(values):
            return False
        if self._nameless == LEFT_OUT:
            return True
        values.setdefault(self.kind.anchor.key, {})[self.kind.anchor_type.title] = self._nameless
        return False

    def settle(self, values: Parts) -> Iterator[Problem]:
        """What the type says of the row, at the columns that could mend it."""
        main = values.get(self.kind.main)
        if self.declared is None or self.declared.settle is None or not main:
            return
        above = values.get(self.kind.anchor.key, {}) if self.kind.finds else {}
        given = Given(main, above, values.get(OWNER, {}).get(OWNER))
        for key, words in self.declared.settle(self.actor, given):
            yield Problem(self._place(key), words)

    def _names_somebody(self, values: Parts) -> bool:
        above = values.get(self.kind.anchor.key, {})
        return any(above.get(key) for key in (self.kind.anchor_type.title, "external_code", "code"))

    def _place(self, key: str) -> int:
        """The column of an input, or of one that says it among others."""
        saying = [one.field.key for one in (self.declared.combined if self.declared else ()) if key in one.inputs]
        names = (f"{self.kind.main}.{each}" for each in (key, *saying))
        return next((self.places[name] for name in names if name in self.places), WHOLE_ROW)
