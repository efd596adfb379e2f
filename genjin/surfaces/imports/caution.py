"""What a row of a file holds that does not belong into free text (S3-21): told with the masked text as the way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel import careful
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.kernel.sensitive import Finding, masked
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.rules import WHOLE_ROW, Problem
from genjin.surfaces.imports.values.found import written


class Caution:
    """Looks at the texts of one import's rows; `inputs` are {part: {key: field}}, `places` {part.key: column}."""

    def __init__(self, actor: Actor, inputs: Mapping[str, Mapping[str, Field]], places: Mapping[str, int]) -> None:
        self.policy = careful.policy(actor.stamp)
        off = self.policy.mode is careful.Mode.OFF
        self._free = {
            part: {} if off else {key: field for key, field in fields.items() if careful.is_free(field)}
            for part, fields in inputs.items()
        }
        self._places = places

    def look(self, values: Mapping[str, Mapping[str, Any]], cells: Sequence[Cell]) -> Iterator[Problem]:
        """What is to be said about a row."""
        texts = [(part, key, given[key]) for part, given in values.items() for key in self._keys(part) & given.keys()]
        texts = [each for each in texts if type(each[2]) is str]
        if not self.policy.may_hold([text for _part, _key, text in texts]):
            return
        for part, key, text in texts:
            found = self.policy.find(text)
            if found:
                yield self._problem(f"{part}.{key}", self._free[part.partition(".")[0]][key], found, cells)

    def _keys(self, part: str) -> Set[str]:
        return self._free.get(part.partition(".")[0], {}).keys()

    def _problem(self, name: str, field: Field, found: list[Finding], cells: Sequence[Cell]) -> Problem:
        refuses = self.policy.mode is careful.Mode.REFUSE
        advice = _("公司规定不能保存，请删去或遮掩") if refuses else _("建议删去或遮掩，不改也会导入")
        words = _("%(what)s。%(advice)s") % {"what": careful.sentence(field.label, found), "advice": advice}
        index, suggestion = self._mended(name, found, cells)
        return Problem(index, words, suggestion, blocking=refuses)

    def _mended(self, name: str, found: list[Finding], cells: Sequence[Cell]) -> tuple[int, str]:
        """The column that holds it (several may have gone into one text) and its text with the pieces masked."""
        pieces = {each.plain for each in found}
        likely = [self._places[name]] if name in self._places else []
        for index in (*likely, *range(len(cells))):
            text = written(cells[index]) if index < len(cells) and cells[index] is not None else ""
            there = self.policy.find(text)
            if pieces & {each.plain for each in there}:
                return index, masked(text, there)
        return WHOLE_ROW, ""
