"""The ways of choosing (B20) and the states of a scheme and of an offer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from genjin.kernel.moves import Moves


class Mode(models.TextChoices):
    """How a scheme chooses. By hand is no scheme: somebody names the person himself."""

    TURNS = "turns", gettext_lazy("轮流")
    WEIGHTED = "weighted", gettext_lazy("按比例")
    CHANCE = "chance", gettext_lazy("随机")
    STEPS = "steps", gettext_lazy("按规则")
    FIT = "fit", gettext_lazy("按匹配度")


PLAIN = (Mode.TURNS, Mode.WEIGHTED, Mode.CHANCE, Mode.FIT)
"""What a step of a scheme by rule may hand over to."""


class SchemeState(models.TextChoices):
    """Where a scheme is. One that has ended stays to be read."""

    ON = "on", pgettext_lazy("allocation", "启用")
    OFF = "off", pgettext_lazy("allocation", "停用")
    ENDED = "ended", pgettext_lazy("allocation", "已结束")


class OfferState(models.TextChoices):
    """What became of an offer."""

    OPEN = "open", gettext_lazy("待领取")
    TAKEN = "taken", gettext_lazy("已领取")
    PASSED = "passed", gettext_lazy("已跳过")
    LAPSED = "lapsed", gettext_lazy("已超时")
    DROPPED = "dropped", gettext_lazy("已撤回")


SCHEME_MOVES = Moves(
    name="allocation_scheme",
    attribute="state",
    states=SchemeState,
    table={
        SchemeState.ON: frozenset({SchemeState.OFF, SchemeState.ENDED}),
        SchemeState.OFF: frozenset({SchemeState.ON, SchemeState.ENDED}),
        SchemeState.ENDED: frozenset(),
    },
    words={SchemeState.ENDED: gettext_lazy("这个方案已经结束，请新建一个")},
)
_SETTLED = frozenset({OfferState.TAKEN, OfferState.PASSED, OfferState.LAPSED, OfferState.DROPPED})
OFFER_MOVES = Moves(
    name="allocation_offer",
    attribute="state",
    states=OfferState,
    table={OfferState.OPEN: _SETTLED, **{state: frozenset() for state in _SETTLED}},
    words={},
)
