"""The rules of scoring in the settings: in words with how the company's own records stand, and their form, which says
before it is saved what would become of them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError
from genjin.kernel.refusal import Refused
from genjin.org.web.frame import Section, register_settings, settings_page
from genjin.scoring.actions.schemes import change_scoring
from genjin.scoring.asking import checked, known_fields, operator_of, seen_fields, words_of
from genjin.scoring.grants import MANAGE
from genjin.scoring.queries.explaining import preview, standing
from genjin.scoring.queries.progress import progress_of
from genjin.scoring.rules import RECENT, SIGNAL, Part, Rule, Scheme
from genjin.scoring.schemes import rule_of, scheme_at
from genjin.scoring.scored import SCORED, Scored, scored_type
from genjin.scoring.signals import signals_of
from genjin.ui.addresses import list_url
from genjin.ui.forms.controls import Control
from genjin.ui.lists.filters import value_controls
from genjin.ui.pages import PageRequest, fragment, go, page

ROUTE = "settings/scoring"
NUMBERS = ("hot", "warm", "percent", "period")

register_settings(
    Section(
        "scoring",
        gettext_lazy("评分规则"),
        icon="flame",
        note=gettext_lazy("线索和商机怎样打分，多少分算热，久不跟进怎样降"),
        needs=MANAGE,
    ),
    before="company",
)


@dataclass(frozen=True)
class Line:
    """One rule of the form. `hidden`: it asks about a field that whoever looks may not know; it stays as it is."""

    n: str
    part: str
    of: str
    operator: str
    points: str
    operators: Sequence[tuple[str, str]]
    controls: Sequence[Control]
    hidden: int | None = None


@page(ROUTE, name="scoring", needs=MANAGE)
def scoring(request: PageRequest) -> HttpResponse:
    """Every type that is scored: its rules in words, and how its records stand."""
    types = [_told(request.actor, scored) for scored in SCORED.values()]
    return settings_page(request, "scoring/schemes.html", "scoring", types=types)


def _told(actor: Actor, scored: Scored) -> dict[str, Any]:
    scheme, seen = scheme_at(scored.key, actor.stamp), seen_fields(actor, scored.key)
    known = known_fields(scored.key, actor.stamp)
    parts = [
        (part.label, [(_words(actor, rule, seen, known), rule.points) for rule in scheme.rules if rule.part is part])
        for part in Part
    ]
    return {
        "type": scored.record_type,
        "scheme": scheme,
        "parts": parts,
        "spread": standing(actor, scored),
        "list": list_url(scored.record_type),
        "progress": progress_of(scored),
    }


def _words(actor: Actor, rule: Rule, seen: dict[str, Field], known: dict[str, Field]) -> str:
    return _("（看您无权知道的字段）") if _hidden(rule, seen, known) else words_of(actor, rule, seen)


def _hidden(rule: Rule, seen: dict[str, Field], known: dict[str, Field]) -> bool:
    return not rule.signal and rule.of in known and rule.of not in seen


@page(f"{ROUTE}/<slug:type_key>/edit", name="scoring-edit", methods=["GET", "POST"], needs=MANAGE)
def edit(request: PageRequest, type_key: str) -> HttpResponse:
    """The form of a type's rules."""
    scored = scored_type(type_key)
    scheme = scheme_at(scored.key, request.actor.stamp)
    if request.method == "POST":
        return _save(request, scored, scheme)
    numbers = {name: str(getattr(scheme, name)) for name in NUMBERS}
    return _form(request, scored, scheme, [_line(request.actor, scored, rule) for rule in scheme.rules], numbers)


def _save(request: PageRequest, scored: Scored, scheme: Scheme) -> HttpResponse:
    numbers = {name: request.POST.get(name, "") for name in NUMBERS}
    raw = [_plain(rule, scheme) for rule in _sent(request.POST)]
    try:
        given = {"record_type": scored.key, "rules": json.dumps(raw), "seen": request.POST.get("version", "")}
        change_scoring.run(request.actor, None, given | numbers)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        lines = [_drawn(request.actor, scored, scheme, rule) for rule in _sent(request.POST)]
        return _form(request, scored, scheme, lines, numbers, refusal)
    return go(request, reverse("scoring"), _("评分规则已保存，正在按新规则重新计算"))


@page(f"{ROUTE}/<slug:type_key>/line", name="scoring-line", needs=MANAGE)
def line(request: PageRequest, type_key: str) -> HttpResponse:
    """One line of the form: a new one, or the same when its field or way was chosen."""
    scored = scored_type(type_key)
    sent = _sent(request.GET)
    given = sent[-1] if sent else {"part": request.GET.get("part", ""), "of": "", "n": ""}
    number = str(given.get("n") or secrets.randbelow(900_000) + 100_000)
    drawn = _drawn(request.actor, scored, scheme_at(scored.key, request.actor.stamp), {**given, "n": number})
    return fragment(request, "scoring/line.html", line=drawn, **_offered(request.actor, scored))


@page(f"{ROUTE}/<slug:type_key>/preview", name="scoring-preview", methods=["POST"], needs=MANAGE)
def show(request: PageRequest, type_key: str) -> HttpResponse:
    """What the form comes to on own data, before it is saved."""
    scored, actor = scored_type(type_key), request.actor
    try:
        found, why = preview(actor, scored, _drafted(actor, scored, request.POST)), ""
    except (Refused, FieldError, ValueError, KeyError, TypeError) as wrong:
        told = isinstance(wrong, Refused | FieldError)
        found, why = None, str(wrong) if told else _("请把每条规则填完整，并填上整数")
    return fragment(request, "scoring/preview.html", found=found, why=why, type=scored.record_type)


def _drafted(actor: Actor, scored: Scored, post: QueryDict) -> Scheme:
    """The form as a scheme that is not kept. Raises Refused, FieldError, ValueError."""
    standing_scheme = scheme_at(scored.key, actor.stamp)
    known = {field.key: field for field in change_scoring.own_inputs}
    raw = known["rules"].parse(json.dumps([_plain(one, standing_scheme) for one in _sent(post)]), actor)
    rules = checked(actor, scored.key, [rule_of(one) for one in raw], standing_scheme.rules)
    numbers = {name: int(known[name].parse(post.get(name, ""), actor)) for name in NUMBERS}
    return Scheme(tuple(rules), **numbers)


def _sent(sent: QueryDict) -> list[dict[str, Any]]:
    """The lines of the form, in its order: `r3.part`, `r3.of`, `r3.op`, `r3.v`, `r3.points`; `r3.keep` names one that
    stands and is not shown."""
    names = [name[1:].partition(".") for name in sent if name.startswith("r") and name.endswith((".of", ".keep"))]
    return [
        {
            "n": n,
            "part": sent.get(f"r{n}.part", ""),
            "of": sent.get(f"r{n}.of", ""),
            "operator": sent.get(f"r{n}.op", ""),
            "values": [value for value in sent.getlist(f"r{n}.v") if value.strip()],
            "points": sent.get(f"r{n}.points", ""),
            "keep": sent.get(f"r{n}.keep", ""),
        }
        for n in dict.fromkeys(n[:6] for n, _dot, _name in names)
    ]


def _plain(sent: dict[str, Any], scheme: Scheme) -> dict[str, Any]:
    """A line as the action takes it."""
    keep = str(sent.get("keep") or "")
    if keep.isascii() and keep.isdecimal() and len(keep) < 4 and int(keep) < len(scheme.rules):
        rule = scheme.rules[int(keep)]
        return {"part": rule.part, "of": rule.of, "operator": rule.operator, "values": list(rule.values),
                "points": rule.points}  # fmt: skip
    return {key: sent[key] for key in ("part", "of", "operator", "values", "points")}


def _line(actor: Actor, scored: Scored, rule: Rule) -> Line:
    scheme = scheme_at(scored.key, actor.stamp)
    place = scheme.rules.index(rule)
    if _hidden(rule, seen_fields(actor, scored.key), known_fields(scored.key, actor.stamp)):
        return Line(str(place), rule.part, "", "", str(rule.points), (), (), hidden=place)
    sent = {"n": str(place), "part": rule.part.value, "of": rule.of, "operator": rule.operator,
            "values": list(rule.values), "points": str(rule.points)}  # fmt: skip
    return _drawn(actor, scored, scheme, sent)


def _drawn(actor: Actor, scored: Scored, scheme: Scheme, sent: dict[str, Any]) -> Line:
    """A line as it was sent."""
    n, keep = str(sent["n"]), str(sent.get("keep") or "")
    if keep.isdecimal() and int(keep[:3]) < len(scheme.rules):
        place = int(keep[:3])
        return Line(n, scheme.rules[place].part, "", "", str(scheme.rules[place].points), (), (), hidden=place)
    part = sent["part"] if sent["part"] in Part.values else Part.MATCH.value
    of, points, values = str(sent["of"]), str(sent.get("points", "")), list(sent.get("values") or ())
    if of.startswith(SIGNAL):
        return Line(n, part, of, RECENT, points, (), _times(n, values))
    known = seen_fields(actor, scored.key)
    field = known.get(of)
    if field is None:
        return Line(n, part, "", "", points, (), ())
    chosen = operator_of(field, str(sent.get("operator", "")))
    offered = [(one.key, str(one.label)) for one in field.operators()]
    fits = values if chosen.key == sent.get("operator") else []
    try:
        controls = value_controls(actor, scored.record_type.seen_by(actor), field, chosen, fits)
    except (Refused, FieldError, ValueError):
        controls = value_controls(actor, scored.record_type.seen_by(actor), field, chosen, [])
    named = [
        replace(one, name=f"r{n}.v", given={**one.given, "id": f"r{n}-v{place}", "hidden_label": True})
        for place, one in enumerate(controls)
    ]
    return Line(n, part, of, chosen.key, points, offered, named)


def _times(n: str, values: list[str]) -> list[Control]:
    """At least so often within so many days."""
    least, days = [*values, "", ""][:2] if len(values) == 2 else ("1", "30")
    return [
        Control("number", f"r{n}.v", str(label), {"value": value, "unit": unit, "id": f"r{n}-v{place}",
                                                  "hidden_label": True})
        for place, (label, value, unit) in enumerate(
            ((_("最近多少天"), days, _("天内")), (_("至少几次"), least, _("次以上")))
        )
    ][::-1]  # fmt: skip


def _offered(actor: Actor, scored: Scored) -> dict[str, Any]:
    """What a line chooses from."""
    fields = [(key, str(field.label)) for key, field in seen_fields(actor, scored.key).items()]
    signals = [(f"{SIGNAL}{key}", str(signal.label)) for key, signal in signals_of(scored.key).items()]
    return {"type": scored.record_type, "offered": {Part.MATCH: fields, Part.INTENTION: [*signals, *fields]}}


def _form(
    request: PageRequest,
    scored: Scored,
    scheme: Scheme,
    lines: Sequence[Line],
    numbers: dict[str, str],
    refusal: Refused | None = None,
) -> HttpResponse:
    return settings_page(
        request,
        "scoring/scheme.html",
        "scoring",
        status=refusal.status if refusal else 200,
        parts=[(part.value, part.label, [one for one in lines if one.part == part]) for part in Part],
        numbers=numbers,
        version=request.POST.get("version", "") or scheme.version,
        refusal=refusal,
        errors=refusal.errors if refusal else {},
        **_offered(request.actor, scored),
    )
