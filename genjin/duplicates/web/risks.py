"""Risks of registrations (S2-59…62): the list of those who review, the ruling, the panel on a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.duplicates.actions.risks import judge_risk
from genjin.duplicates.grants import JUDGE, RISKS
from genjin.duplicates.registering import FINDING_WORDS, REGISTERED, RULING_WORDS, Ruling
from genjin.duplicates.risks.queries import Listing, SeenRisk, registrable, risk_for, risk_on, risks_of
from genjin.duplicates.risks.wording import reasons_of
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Forbidden
from genjin.org.web.frame import SettingsForm
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn, register_panel
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, closed_dialog, go, page, respond, wants_fragment

ROUTE = "duplicates/risks"
TONES = {Ruling.OPEN: "warn", Ruling.HARMLESS: "ok", Ruling.CONFIRMED: "bad"}
LONGEST_ID = 18

register_nav(
    NavItem(
        key="risks",
        label=gettext_lazy("登记风险"),
        icon="shield-half-filled",
        url_name="risks",
        section="customers",
        order=91,
        needs=RISKS,
    )
)


@dataclass(frozen=True)
class DrawnRisk:
    """A risk as templates draw it: reasons are (words, [(title, address)], words for those out of sight)."""

    risk_id: int
    title: str
    url: str
    icon: str
    registrant: str
    seen: SeenRisk
    reasons: list[tuple[str, list[tuple[str, str]], str]]
    state: str
    tone: str
    judge: str
    judged_by: str
    mine: bool


def drawn(actor: Actor, found: SeenRisk) -> DrawnRisk:
    """Everything in words."""
    risk, names = found.risk, people.directory()
    declared, ruling = RECORD_TYPES[risk.record_type], Ruling(risk.ruling)
    return DrawnRisk(
        risk_id=risk.pk,
        title=found.title,
        url=record_url(declared, risk.record_id),
        icon=declared.icon,
        registrant=names.member_name(risk.registrant_id, actor.stamp) if risk.registrant_id else _("系统"),
        seen=found,
        reasons=[
            (
                each.words,
                [(title, record_url(RECORD_TYPES[key], row_id)) for key, row_id, title in each.others],
                each.unseen,
            )
            for each in reasons_of(actor, found)
        ],
        state=str(RULING_WORDS[ruling]),
        tone=TONES[ruling],
        judge=f"/{ROUTE}/{risk.pk}/judge" if actor.may(JUDGE) else "",
        judged_by=names.member_name(risk.ruled_by, actor.stamp) if risk.ruled_by else "",
        mine=risk.registrant_id == actor.member_id and not actor.administrator,
    )


@page(ROUTE, name="risks", needs=RISKS)
def risks(request: PageRequest) -> HttpResponse:
    """`?ruling=&kind=&type=&before=`; what waits comes first."""
    if not registrable(request.actor):
        raise Forbidden
    asked = _asked(request)
    found, older = risks_of(request.actor, asked)
    lines = [drawn(request.actor, each) for each in found]
    return respond(
        request, "duplicates/risks.html#list", lines=lines, asked=asked, **_choices(request.actor, asked, older)
    )


def _asked(request: PageRequest) -> Listing:
    ruling = request.GET.get("ruling", Ruling.OPEN)
    kind, before = request.GET.get("kind", ""), request.GET.get("before", "")
    record_type = request.GET.get("type", "")
    sound = before.isascii() and before.isdecimal() and len(before) <= LONGEST_ID
    return Listing(
        ruling=ruling if ruling in set(Ruling) else "",
        kind=kind if kind in set(FINDING_WORDS) else "",
        record_type=record_type if record_type in registrable(request.actor) else "",
        before=int(before) if sound else None,
    )


def _choices(actor: Actor, asked: Listing, older: int | None) -> dict[str, Any]:
    """The addresses of the other rulings, reasons, types (where there are several) and pages."""
    ruling, of = f"?ruling={asked.ruling or 'all'}", f"&type={asked.record_type}" if asked.record_type else ""
    base = f"/{ROUTE}{ruling}{of}"
    kinds = [("", _("全部原因"), base)] + [
        (k.value, str(v), f"{base}&kind={k.value}") for k, v in FINDING_WORDS.items()
    ]
    rulings = [(r.value, str(label), f"/{ROUTE}?ruling={r.value}{of}") for r, label in RULING_WORDS.items()]
    rulings.append(("", _("全部"), f"/{ROUTE}?ruling=all{of}"))
    known = registrable(actor)
    types = [("", _("全部类型"), f"/{ROUTE}{ruling}&kind={asked.kind}")] + [
        (key, str(RECORD_TYPES[key].label), f"/{ROUTE}{ruling}&type={key}&kind={asked.kind}") for key in known
    ]
    return {
        "rulings": _segments(rulings),
        "kinds": _segments(kinds),
        "types": _segments(types) if len(known) > 1 else [],
        "older": f"{base}&kind={asked.kind}&before={older}" if older else "",
        "newest": f"{base}&kind={asked.kind}" if asked.before else "",
    }


def _segments(choices: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{"value": value, "label": label, "href": address} for value, label, address in choices]


@page(f"{ROUTE}/<int:risk_id>/judge", name="risk-judge", methods=["GET", "POST"], needs=JUDGE)
def judge(request: PageRequest, risk_id: int) -> HttpResponse:
    """The dialog with the ruling and the written reason."""
    risk = risk_for(request.actor, risk_id)
    given = {"ruling": risk.ruling if risk.ruling != Ruling.OPEN else "", "note": risk.note, "excluded": risk.excluded}
    text = _("写下怎样核实的，之后的人能看到是谁、什么时候、为什么。")
    form = SettingsForm(
        request, judge_risk, _("核查登记风险"), risk.pk, given, submit=_("保存结论"), text=text, version=risk.version
    )
    return form.answer(lambda: _judged(request))


def _judged(request: PageRequest) -> HttpResponse:
    if wants_fragment(request):
        return closed_dialog(_("已保存结论"), changed="risks:changed record:changed")
    return go(request, f"/{ROUTE}", _("已保存结论"))


def risk_panel(request: PageRequest, record: Record) -> Drawn | None:
    """On a record that was registered in a way to be looked at: the reasons, the ruling; for who may see them."""
    if not request.actor.may(RISKS):
        return None
    found = risk_on(request.actor, record)
    return Drawn("duplicates/risk_panel.html", {"risk": drawn(request.actor, found)}) if found else None


for _key in REGISTERED:
    register_panel(_key, "risk", risk_panel, order=2)
