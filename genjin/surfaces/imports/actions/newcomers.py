"""Records that somebody else entered since the rows of an import were compared: rows that would make one of them again
are refused (B3). Asked for many rows at once; a step of the import's own action.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from genjin.duplicates.comparing import kept
from genjin.duplicates.many.asked import Alternative, compared_in, keys_of
from genjin.duplicates.rules import Compared
from genjin.duplicates.searching.candidates import stored_key
from genjin.duplicates.searching.fitting import name_percent
from genjin.duplicates.sweeping.names import keys_of as name_keys
from genjin.duplicates.wording import kept_words
from genjin.kernel.actor import Actor
from genjin.kernel.company_names import read_company
from genjin.kernel.doors import visible_to
from genjin.kernel.models.rows import Record
from genjin.surfaces.imports.actions.by_rules import rules_for
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Decision, Import

if TYPE_CHECKING:
    from genjin.surfaces.imports.actions.bringing import Fate

OVERLAP = 5_000
Keys = tuple[Any, ...]


class Others:
    """Each look goes on where the last one ended, a little overlapping: rows become visible later than their ids are
    drawn."""

    def __init__(self, actor: Actor, batch: Import) -> None:
        self._actor, self._type = actor, KINDS[batch.kind].anchor_type
        self._alternatives = rules_for(actor, batch, self._type)
        self._compared = compared_in(self._alternatives)
        told = batch.clock.get("checked_at")
        self._since = datetime.fromisoformat(told) if told else batch.begun_at
        self._own = Q(imported=True, created_by=actor.member_id)
        self._looked = 0
        self._equal: set[tuple[int, Keys]] = set()
        self._named: dict[str, set[tuple[int, str, Keys]]] = {}

    def look(self) -> None:
        """Go on looking."""
        if not self._alternatives:
            return
        rows = self._type.model._default_manager.order_by()
        newest = rows.aggregate(newest=Max("pk"))["newest"] or 0
        if self._looked:
            rows = rows.filter(pk__gt=self._looked - OVERLAP)
        elif self._since:
            rows = rows.filter(updated_at__gte=self._since)
        found = list(rows.exclude(self._own))
        ids = [row.pk for row in found] or [0]
        seen = set(visible_to(self._actor, self._type.model).filter(pk__in=ids).values_list("pk", flat=True))
        for row in found:
            self._know(row, row.pk in seen)
        self._looked = newest or 1

    def refuse(self, fates: Sequence[Fate]) -> None:
        """Refuse rows that would make one of these records again, whatever was decided about those that forbid it."""
        for fate in fates if self._equal else ():
            keys = keys_of(self._compared, fate.values.get(self._type.key, {}))
            known = fate.decision == Decision.CREATE
            asked = (each for each in self._alternatives if not known or each.blocks(seen=True))
            fits = next((each for each in asked if self._fits(each, keys)), None)
            if fits:
                names = {"type": str(self._type.label), "why": kept_words(self._type, fits.key)}
                fate.refused.append(_("校验之后有同事新建了这个%(type)s（%(why)s），请核对") % names)

    def _know(self, row: Record, seen: bool) -> None:
        keys = {}
        for compared in self._compared:
            key = stored_key(compared, kept(row, compared))
            if key not in (None, ""):
                keys[compared.field] = key
        for each in self._alternatives:
            if (seen or each.tells) and all(c.field in keys for c in each.compared):
                self._equal.add((each.place, _keys(each, keys)))
                for mark in _marks(each.named, keys):
                    held = self._named.setdefault(mark, set())
                    held.add((each.place, keys[each.named.field] if each.named else "", _keys(each, keys, each.named)))

    def _fits(self, each: Alternative, keys: Mapping[str, Any]) -> bool:
        if not all(c.field in keys for c in each.compared):
            return False
        if (each.place, _keys(each, keys)) in self._equal:
            return True
        others = _keys(each, keys, each.named)
        for mark in _marks(each.named, keys):
            for place, name, beside in self._named.get(mark, ()):
                mine = keys[each.named.field] if each.named else ""
                if (place, beside) == (each.place, others) and name_percent(read_company(mine), read_company(name)):
                    return True
        return False


def _keys(each: Alternative, keys: Mapping[str, Any], but: Compared | None = None) -> Keys:
    return tuple(str(keys[c.field]) for c in each.compared if c is not but)


def _marks(named: Compared | None, keys: Mapping[str, Any]) -> Iterator[str]:
    """By what alike names find each other."""
    return name_keys(read_company(keys[named.field])) if named else iter(())
