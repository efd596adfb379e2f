"""The states of a sharing rule and when it gives anything. Pure: no queries."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from genjin.kernel.moves import Moves


class SharingState(models.TextChoices):
    """Where a rule is. One that has ended stays to be read."""

    ON = "on", pgettext_lazy("sharing rule", "启用")
    OFF = "off", pgettext_lazy("sharing rule", "停用")
    ENDED = "ended", pgettext_lazy("sharing rule", "已结束")


MOVES = Moves(
    name="sharing",
    attribute="state",
    states=SharingState,
    table={
        SharingState.ON: frozenset({SharingState.OFF, SharingState.ENDED}),
        SharingState.OFF: frozenset({SharingState.ON, SharingState.ENDED}),
        SharingState.ENDED: frozenset(),
    },
    words={SharingState.ENDED: gettext_lazy("这条规则已经结束，请新建一条")},
)


def is_over(until: date | None, today: date) -> bool:
    """Whether its last day has passed."""
    return until is not None and until < today
