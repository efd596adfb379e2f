"""Which records went along with the record above them, read from the periods of holding (B4 P9)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from genjin.ownership.followers import Follower
from genjin.ownership.models import Period, Rule


def who_came_along(rows: QuerySet[Any, Any], follower: Follower) -> QuerySet[Any, Any]:
    """Of these the ones that came along with the record above them to whoever just lost it. Only they go back with it:
    what had been his before stays his."""
    held = Period.objects.filter(record_id=OuterRef(OuterRef(follower.column)), until__isnull=False)
    began = Subquery(held.order_by("-until", "-id").values("since")[:1])
    ways = (Rule.FOLLOWED, Rule.UNDONE)
    open_ = Period.objects.filter(record_id=OuterRef("pk"), until=None, rule__in=ways, since__gte=began)
    return rows.filter(Exists(open_))
