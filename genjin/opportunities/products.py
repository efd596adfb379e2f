"""Products of opportunities are free words until there are price books: those that were written before are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.fields import Named
from genjin.opportunities.models import Line, Opportunity

MOST_LOOKED_AT = 20_000


@dataclass(frozen=True, kw_only=True)
class ProductName(Named):
    """The product of a line."""

    def written(self, actor: Actor) -> Iterable[str]:
        """The products of the newest lines of opportunities that he sees."""
        if not actor.may("opportunities.see"):
            return ()
        seen = visible_to(actor, Opportunity).order_by().values("pk")
        rows = Line.objects.filter(opportunity__in=seen).order_by("-id")  # rows: of opportunities that he sees
        return dict.fromkeys(rows.values_list("product", flat=True)[:MOST_LOOKED_AT])
