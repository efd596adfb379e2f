"""What an import brought, in words and as tiles."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.kernel.records import by_plural
from genjin.kernel.wording import listed
from genjin.surfaces.imports.drilling import CHANGED, brought_url
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import, RowState
from genjin.ui.formats import number

TYPES = tuple(dict.fromkeys(["customers", "contacts", "followups", "plans", *KINDS]))


@dataclass(frozen=True)
class Count:
    """A number beside the bar or on a tile."""

    key: str
    label: str
    count: int
    tone: str = ""
    href: str = ""


def told(row: Import) -> str:
    """客户 15 个、跟进 15 条: what is in, '' for nothing."""
    parts = [f"{count.label} {number(count.count)}" for count in brought_counts(row) if count.count]
    return listed(parts)


def brought_counts(row: Import) -> list[Count]:
    """How many of each type were made, and how many customers changed."""
    made = [Count(key, _label(key), int(row.counts.get(key, 0))) for key in TYPES if row.counts.get(key)]
    changed = int(row.counts.get("changed", 0))
    words = _("更新已有%s") % KINDS[row.kind].anchor_type.label
    return [*made, *([Count("changed", words, changed)] if changed else [])]


def _label(plural: str) -> str:
    declared = by_plural(plural)
    return str(declared.many) if declared else plural


def row_counts(found: dict[int, int], *, over: bool) -> list[Count]:
    """The rows by what is to become (or became) of them, as the summary says it."""
    open_ = ((RowState.READY, "ok"), (RowState.BAD, "bad"), (RowState.DUPLICATE, "warn"), (RowState.SKIPPED, ""))
    past = ((RowState.BROUGHT, "ok"), (RowState.FAILED, "bad"), (RowState.BAD, "bad"), (RowState.SKIPPED, ""))
    shown = past if over else open_
    return [
        Count(RowState(state).name.lower(), str(RowState(state).label), found.get(state, 0), tone)
        for state, tone in shown
    ]


def tiles(row: Import, found: dict[int, int]) -> list[Count]:
    """What came in, with where to look at it; what did not."""
    made = [Count(c.key, c.label, c.count, "", _list_of(row, c.key)) for c in brought_counts(row)]
    left = sum(found.get(state, 0) for state in (RowState.BAD, RowState.FAILED))
    skipped = found.get(RowState.SKIPPED, 0)
    here = reverse("import-rows", args=[row.pk])
    rest = [Count("left", _("未导入的行"), left, "bad", f"{here}?tab=bad" if left else "")] if left else []
    more = [Count("skipped", _("跳过的行"), skipped, "", f"{here}?tab=skipped")] if skipped else []
    return [*made, *rest, *more]


def _list_of(row: Import, key: str) -> str:
    """The list of exactly these records."""
    return (
        brought_url(row.pk, KINDS[row.kind].anchor_type.plural, CHANGED)
        if key == "changed"
        else brought_url(row.pk, key)
    )
