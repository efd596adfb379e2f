"""The signals that follow-ups and plans give."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.followups.options import NOT_REACHED, PHONE, VISIT
from genjin.scoring.queries.interactions import COLUMNS, of_plans, of_talks, plans_done, talks
from genjin.scoring.signals import Signal, Source, declare_signal, declare_source

TYPES = frozenset(COLUMNS)

declare_source(
    Source(
        key="followups",
        types=TYPES,
        moments=talks,
        records={"followup": of_talks},
        reads=frozenset(f"followup.{key}" for key in ("occurred_at", "method", "call_result", "intention")),
        grants=frozenset({"followups.see"}),
    )
)
declare_source(
    Source(
        key="plans",
        types=TYPES,
        moments=plans_done,
        records={"plan": of_plans},
        reads=frozenset({"plan.state", "plan.starts_at"}),
        grants=frozenset({"plans.see"}),
    )
)
declare_signal(Signal("followup", _("跟进"), "followups", bool))
declare_signal(
    Signal(
        "reached",
        _("联系上"),
        "followups",
        lambda talk: talk.effective and talk.call_result not in NOT_REACHED,
    )
)
declare_signal(
    Signal("call", _("电话接通"), "followups", lambda talk: talk.method == PHONE and talk.call_result == "connected")
)
declare_signal(Signal("visit", _("现场跟进"), "followups", lambda talk: talk.method == VISIT))
declare_signal(Signal("meeting", _("线上会议"), "followups", lambda talk: talk.method == "meeting"))
declare_signal(Signal("certain", _("表示确定购买意向"), "followups", lambda talk: talk.intention == "certain"))
declare_signal(Signal("no_wish", _("表示暂无意向"), "followups", lambda talk: talk.intention == "none"))
declare_signal(Signal("plan_kept", _("按时完成计划"), "plans", bool, interaction=False))
