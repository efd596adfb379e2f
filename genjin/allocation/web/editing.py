"""The form of a scheme, with what it would do."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.allocation.actions.checking import check_scheme
from genjin.allocation.actions.schemes import change_scheme, declare_scheme
from genjin.allocation.conditions import OPERATOR
from genjin.allocation.drafting import IF, Draft, blank, kept, moved, sent, type_asked
from genjin.allocation.examples import examples
from genjin.allocation.grants import MANAGE
from genjin.allocation.models import Scheme
from genjin.allocation.portraits import askable, choosable_traits, offered_types
from genjin.allocation.queries import scheme_for
from genjin.allocation.rules.modes import PLAIN, Mode, SchemeState
from genjin.allocation.web.schemes import PLACE, ROUTE
from genjin.kernel.actor import Actor
from genjin.kernel.digits import number_in
from genjin.kernel.fields.base import FieldError
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused, Stale
from genjin.org.queries import organisation
from genjin.org.web.frame import settings_page
from genjin.ui.forms.controls import Control, choices_url
from genjin.ui.pages import PageRequest, fragment, go, page

MEMBERS = "/choices/allocation.declare/fallback"


@page(f"{ROUTE}/new", name="allocation-new", methods=["GET", "POST"], needs=MANAGE)
def new(request: PageRequest) -> HttpResponse:
    """A new scheme."""
    if request.method == "POST":
        return _save(request, None)
    return _editor(request, None, blank(type_asked(request.GET).key))


@page(f"{ROUTE}/<int:scheme_id>", name="allocation-scheme", methods=["GET", "POST"], needs=MANAGE)
def edit(request: PageRequest, scheme_id: int) -> HttpResponse:
    """Change a scheme; in force with the next record."""
    scheme = scheme_for(request.actor, scheme_id)
    if request.method == "POST":
        return _save(request, scheme)
    return _editor(request, scheme, kept(scheme))


@page(f"{ROUTE}/people", name="allocation-people", methods=["POST"], needs=MANAGE)
def people(request: PageRequest) -> HttpResponse:
    """The table of the chosen people, drawn anew when they change."""
    draft = sent(request.actor, type_asked(request.POST), request.POST)
    return fragment(request, "allocation/people.html", seats=_seats(request.actor, draft))


@page(f"{ROUTE}/steps", name="allocation-steps", methods=["POST"], needs=MANAGE)
def steps(request: PageRequest) -> HttpResponse:
    """The rules of a scheme by rule, after one was added, taken away or moved."""
    declared = type_asked(request.POST)
    draft = sent(request.actor, declared, request.POST)
    fields = [one.key for one in askable(declared, request.actor.stamp)]
    draft.lines = moved(draft.lines, request.POST.get("change", ""), fields)
    return fragment(request, "allocation/steps.html", lines=_lines(request.actor, draft), mode=Mode.STEPS)


@page(f"{ROUTE}/preview", name="allocation-preview", methods=["POST"], needs=MANAGE)
def preview(request: PageRequest) -> HttpResponse:
    """What the form as it stands would do with the newest records."""
    try:
        found, trouble = examples(request.actor, _drafted(request)), ""
    except (Refused, FieldError) as refusal:
        found, trouble = [], str(refusal)
    return fragment(request, "allocation/example.html", found=found, trouble=trouble)


def _drafted(request: PageRequest) -> Scheme:
    """The form as a scheme that is not kept. Raises Refused."""
    declared = type_asked(request.POST)
    raw = sent(request.actor, declared, request.POST).raw() | {"record_type": declared.key}
    parsed = declare_scheme.parse(request.actor, raw | {"name": raw["name"] or "—"})
    fallback = parsed.pop("fallback", None)
    number = request.POST.get("scheme", "")
    scheme = Scheme(**parsed, fallback_id=fallback, state=SchemeState.ON)
    scheme.id = int(number) if number.isdecimal() and len(number) < 19 else 0
    check_scheme(request.actor, scheme)
    return scheme


def _save(request: PageRequest, scheme: Scheme | None) -> HttpResponse:
    declared = RECORD_TYPES[scheme.record_type] if scheme else type_asked(request.POST)
    draft = sent(request.actor, declared, request.POST)
    seen = request.POST.get("version", "")
    try:
        if scheme is None:
            declare_scheme.run(request.actor, None, draft.raw() | {"record_type": declared.key})
        else:
            version = int(seen) if seen.isdecimal() and len(seen) < 9 else None
            change_scheme.run(request.actor, scheme.pk, draft.raw(), version=version)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return _editor(request, scheme, draft, refusal)
    return go(request, PLACE, _("方案「%s」已保存，下一条记录就按它分配") % draft.plain["name"])


def _editor(request: PageRequest, scheme: Scheme | None, draft: Draft, refusal: Refused | None = None) -> HttpResponse:
    actor, declared = request.actor, RECORD_TYPES[draft.record_type]
    stale = isinstance(refusal, Stale)
    seen = request.POST.get("version") if refusal and not stale else None
    chosen = draft.plain["fallback"]
    fallback = organisation(actor).people.get(number_in(chosen) or 0)
    return settings_page(
        request,
        "allocation/scheme.html",
        "allocation",
        status=refusal.status if refusal else 200,
        scheme=scheme,
        ended=scheme is not None and scheme.state == SchemeState.ENDED,
        type=declared,
        types=[(key, str(label)) for key, label in offered_types()],
        draft=draft,
        modes=MODES,
        mode=draft.plain["mode"],
        days=DAYS,
        traits=[(one.key, str(one.label)) for one in choosable_traits(declared, actor.stamp)],
        controls=_conditions(actor, draft),
        limited=any(draft.conditions.values()),
        chosen=[(seat["member"], seat["name"]) for seat in _seats(actor, draft)],
        seats=_seats(actor, draft),
        lines=_lines(actor, draft),
        members=MEMBERS,
        fallback_name=fallback.name if fallback else "",
        refusal=refusal,
        stale=stale,
        errors=refusal.errors if refusal else {},
        version=seen or (scheme.version if scheme else ""),
    )


def _seats(actor: Actor, draft: Draft) -> list[dict[str, str]]:
    """The chosen people with their names."""
    known = organisation(actor).people
    ids = [seat for seat in draft.seats if number_in(seat["member"]) in known]
    return [seat | {"name": known[int(seat["member"])].name} for seat in ids]


def _conditions(actor: Actor, draft: Draft) -> list[Control]:
    """A control for everything a scheme may ask about."""
    declared = RECORD_TYPES[draft.record_type]
    made = []
    for one in askable(declared, actor.stamp):
        name = f"{one.key}.{OPERATOR}"
        chosen = [(value, one.filter_text(OPERATOR, [value], actor)) for value in draft.conditions.get(name) or ()]
        given = {"chosen": chosen, "src": f"{choices_url(declared.plural, one)}?filter=1", "id": f"if-{one.key}"}
        made.append(Control("multi_combobox", f"{IF}{name}", str(one.label), given))
    return made


def _lines(actor: Actor, draft: Draft) -> list[dict[str, Any]]:
    """The rules as drawn."""
    declared, known = RECORD_TYPES[draft.record_type], organisation(actor).people
    fields = {one.key: one for one in askable(declared, actor.stamp)}
    drawn = []
    for number, line in enumerate(draft.lines):
        one = fields.get(line.key) or next(iter(fields.values()))
        values = line.values if one.key == line.key else []
        people = [(m, known[int(m)].name) for m in line.members if number_in(m) in known]
        drawn.append(
            {
                "number": number,
                "field": one.key,
                "fields": [(each.key, str(each.label)) for each in fields.values()],
                "chosen": [(value, one.filter_text(OPERATOR, [value], actor)) for value in values],
                "src": f"{choices_url(declared.plural, one)}?filter=1",
                "members": people,
                "people_src": MEMBERS,
                "mode": line.mode or Mode.TURNS,
                "modes": [(str(mode), str(mode.label)) for mode in PLAIN],
            }
        )
    return drawn


class _Modes:
    """The ways of choosing with what each does, in the reader's language."""

    def __iter__(self) -> Any:
        yield Mode.TURNS, Mode.TURNS.label, _("按名单一个接一个；不在值班或已满的人保留位置，不会吃亏")
        yield Mode.WEIGHTED, Mode.WEIGHTED.label, _("按权重分，例如 2:1，任意连续几条都精确")
        yield Mode.CHANCE, Mode.CHANCE.label, _("抽签；种子记在账里，可以重新核对")
        yield Mode.STEPS, Mode.STEPS.label, _("先看地区、来源、行业等，从上到下第一条符合的生效")
        yield Mode.FIT, Mode.FIT.label, _("谁做类似客户的成交率高就给谁；样本少时向全组靠拢，再少就轮流")


class _Days:
    """The days of the week in the reader's language."""

    def __iter__(self) -> Any:
        yield from enumerate((_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")), 1)


MODES, DAYS = _Modes(), _Days()
