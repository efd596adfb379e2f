"""The back-test: the ways of choosing on the company's own past, and how little or much it proves."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.allocation.actions.testing import start_test
from genjin.allocation.grants import MANAGE
from genjin.allocation.models import Scheme
from genjin.allocation.queries import last_test, scheme_for, schemes_of
from genjin.allocation.rules.modes import Mode, SchemeState
from genjin.allocation.web.schemes import ROUTE
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.web.frame import settings_page
from genjin.ui.pages import PageRequest, fragment, go, page

HERE = f"{ROUTE}/backtest"


@page(HERE, name="backtest", methods=["GET", "POST"], needs=MANAGE)
def backtest(request: PageRequest) -> HttpResponse:
    """The last comparison for a scheme, or a new one."""
    actor = request.actor
    offered = [scheme for scheme in schemes_of(actor) if scheme.state != SchemeState.ENDED]
    given = request.POST if request.method == "POST" else request.GET
    scheme = _chosen(actor, given.get("scheme", ""), offered)
    if request.method == "POST":
        return _start(request, scheme)
    context = _shown(scheme) if scheme else {}
    pairs = [(one.pk, one.name) for one in offered]
    return settings_page(request, "allocation/backtest.html", "allocation", scheme=scheme, schemes=pairs, **context)


@page(f"{HERE}/<int:scheme_id>", name="backtest-result", needs=MANAGE)
def result(request: PageRequest, scheme_id: int) -> HttpResponse:
    """The result again while it is being worked out."""
    scheme = scheme_for(request.actor, scheme_id)
    return fragment(request, "allocation/backtest_result.html", scheme=scheme, **_shown(scheme))


def _start(request: PageRequest, scheme: Scheme | None) -> HttpResponse:
    if scheme is None:
        raise NotFound
    here = f"/{HERE}?scheme={scheme.pk}"
    try:
        start_test.run(request.actor, scheme.pk, {})
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return go(request, here, refusal.message, tone="bad")
    return go(request, here)


def _chosen(actor: Actor, asked: str, offered: list[Scheme]) -> Scheme | None:
    if not asked:
        return offered[0] if offered else None
    if not asked.isdecimal() or len(asked) > 18:
        raise NotFound
    return scheme_for(actor, int(asked))


def _shown(scheme: Scheme) -> dict[str, Any]:
    test = last_test(scheme)
    found = test.result if test else None
    if test is None or found is None:
        return {"test": test, "found": None, "at_work": test is not None}
    ways = [_way(way) for way in found["ways"]]
    return {"test": test, "found": found, "at_work": False, "ways": ways, "verdict": _verdict(found)}


def _way(way: dict[str, Any]) -> dict[str, Any]:
    return way | {"label": str(Mode(way["mode"]).label)}


def _verdict(found: dict[str, Any]) -> tuple[str, str]:
    """(tone, what may be said)."""
    if not found["judged"]:
        return "warn", _("两年内还没有可以比较的记录：至少要有一些 90 天前新建的记录")
    if not found["enough"]:
        words = _("样本太少，分不出高下：区间宽于正负 10 个百分点，或可比的记录不足 30 条。先用轮流，积累后再看。")
        return "warn", words
    ways = {way["mode"]: way["share"] for way in found["ways"]}
    fit, turns, guess = ways["fit"], ways["turns"], found["guess"]
    if fit["low"] > turns["high"] and guess and guess["low"] > 0:
        return "ok", _("按匹配度分到的那些记录，成交率明显高于轮流，区间不重叠；预测也比全组平均准")
    if fit["high"] < turns["low"]:
        return "bad", _("按匹配度反而明显不如轮流，不建议使用")
    return "info", _("几种方式的区间互相重叠：看不出差别，用轮流就好")
