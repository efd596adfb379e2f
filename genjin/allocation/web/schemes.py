"""The schemes in the settings: the list with what each did today, switching, examples, who is on duty."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.allocation.actions.schemes import end_scheme, switch_duty, switch_off_scheme, switch_on_scheme
from genjin.allocation.choosing import seats_of
from genjin.allocation.drawing import line
from genjin.allocation.examples import examples, today_of
from genjin.allocation.grants import MANAGE
from genjin.allocation.queries import day_of, paused_among, rounds_of, scheme_for, schemes_of, taking_all_before
from genjin.allocation.rules.modes import SchemeState
from genjin.allocation.wording import HINDRANCES, name_of
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Refused
from genjin.org.web.frame import Section, register_settings, settings_page
from genjin.org.web.moving import moved
from genjin.ui.pages import PageRequest, fragment, go, page

ROUTE = "settings/allocation"
PLACE = f"/{ROUTE}"
MOVED = {
    "on": (switch_on_scheme, gettext_lazy("方案已启用")),
    "off": (switch_off_scheme, gettext_lazy("方案已停用")),
    "end": (end_scheme, gettext_lazy("方案已结束")),
}

register_settings(
    Section(
        "allocation",
        gettext_lazy("分配"),
        icon="route",
        note=gettext_lazy("新记录分给谁：轮流、按比例、按规则、按匹配度，派单与值班"),
        needs=MANAGE,
    ),
    before="company",
)


@dataclass(frozen=True)
class OnDuty:
    """A person with a seat: what he got today, whether he can take one now, and why not."""

    member_id: int
    name: str
    today: int
    paused: bool
    hindrances: list[str]


@page(ROUTE, name="allocation", needs=MANAGE)
def schemes(request: PageRequest) -> HttpResponse:
    """All schemes in words, in the order in which they are asked, and who is on duty."""
    actor = request.actor
    rows = schemes_of(actor)
    rounds = rounds_of([row.pk for row in rows])
    lines = [line(actor, row, rounds.get(row.pk), taking_all_before(row, rows)) for row in rows]
    return settings_page(request, "allocation/schemes.html", "allocation", lines=lines, duty=_duty(actor))


@page(f"{ROUTE}/<int:scheme_id>/example", name="allocation-example", needs=MANAGE)
def example(request: PageRequest, scheme_id: int) -> HttpResponse:
    """What a scheme would do with the newest records, for the list of schemes."""
    found = examples(request.actor, scheme_for(request.actor, scheme_id))
    return fragment(request, "allocation/example.html", found=found)


@page(f"{ROUTE}/<int:scheme_id>/<str:move>", name="allocation-move", methods=["POST"], needs=MANAGE)
def move(request: PageRequest, scheme_id: int, move: str) -> HttpResponse:
    """Switch a scheme on or off, or end it."""
    return moved(request, MOVED, PLACE, scheme_id, move)


@page(f"{ROUTE}/duty", name="allocation-duty", methods=["POST"], needs=MANAGE)
def duty(request: PageRequest) -> HttpResponse:
    """Let somebody pause, or take records again."""
    raw = {"member": request.POST.get("member", ""), "paused": request.POST.get("paused", "")}
    try:
        switch_duty.run(request.actor, None, raw)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return go(request, PLACE, refusal.message, tone="bad")
    return go(request, PLACE, _("已暂停接单") if raw["paused"] else _("已恢复接单"))


def _duty(actor: Actor) -> list[OnDuty]:
    """Everybody with a seat in a scheme in force."""
    live = [scheme for scheme in schemes_of(actor) if scheme.state == SchemeState.ON]
    rounds = rounds_of([scheme.pk for scheme in live])
    today: dict[int, int] = {}
    hindered: dict[int, list[str]] = {}
    for scheme in live:
        taken = today_of(actor, rounds.get(scheme.pk))
        day = day_of(actor, scheme, actor.now())
        day.taken.update(taken)
        for seat in seats_of(scheme):
            today[seat.member] = today.get(seat.member, 0) + taken.get(seat.member, 0)
            why = day.hindrance(seat)
            said = hindered.setdefault(seat.member, [])
            if why is not None and str(HINDRANCES[why]) not in said:
                said.append(str(HINDRANCES[why]))
    paused = paused_among(today)
    return [
        OnDuty(member, name_of(actor, member), count, member in paused, hindered[member])
        for member, count in today.items()
    ]
