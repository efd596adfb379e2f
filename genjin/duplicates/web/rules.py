"""The rules in the settings: the list with examples, the form, removing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.duplicates.actions.rules import (
    MOST_ALTERNATIVES,
    MOST_CONDITIONS,
    change_preset,
    change_rule,
    compared_types,
    create_rule,
    end_rule,
)
from genjin.duplicates.comparing import compared_of
from genjin.duplicates.grants import MANAGE
from genjin.duplicates.queries import preset_of, rule_for, rules_of, ruling
from genjin.duplicates.rules import (
    COMPARED,
    EFFECT_WORDS,
    ENTRY_WORDS,
    LOOSE,
    SHOWN,
    TOLD_WORDS,
    Condition,
    DuplicateRuling,
    Effect,
    How,
)
from genjin.duplicates.wording import condition_words, effect_words, example_of, rule_words, told_words
from genjin.kernel.digits import number_in
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused, Stale
from genjin.org.web.frame import Section, register_settings, settings_page
from genjin.ui.pages import PageRequest, fragment, go, page

ROUTE = "settings/duplicates"
PLACE = f"/{ROUTE}"
SLOTS = 3
"""So many conditions of a group are drawn at least, and as many groups."""

register_settings(
    Section(
        "duplicates",
        gettext_lazy("查重规则"),
        icon="zoom-question",
        note=gettext_lazy("什么算重复，新建、导入和接口里提示还是禁止"),
        needs=MANAGE,
    ),
    before="company",
)


@dataclass(frozen=True)
class Line:
    """A rule as the list shows it."""

    rule: DuplicateRuling
    name: str
    words: str
    effects: list[tuple[Effect, str, str]]
    told: str
    address: str
    example: str


@page(ROUTE, name="duplicates", needs=MANAGE)
def rules(request: PageRequest) -> HttpResponse:
    """All rules by type, each in words."""
    types = [
        (RECORD_TYPES[key], [_line(RECORD_TYPES[key], *each) for each in enumerate(rules_of(key, request.actor.stamp))])
        for key, _label in compared_types()
    ]
    return settings_page(request, "duplicates/rules.html", "duplicates", types=types)


@page(f"{ROUTE}/example/<str:compared>/<int:place>", name="duplicate-example", needs=MANAGE)
def example(request: PageRequest, compared: str, place: int) -> HttpResponse:
    """What one of the rules means for the company's own records; loaded after the list."""
    known = rules_of(compared, request.actor.stamp)
    if not 0 <= place < len(known):
        raise NotFound
    found = example_of(request.actor, RECORD_TYPES[compared], known[place])
    return fragment(request, "duplicates/example.html", example=found)


@page(f"{ROUTE}/new", name="duplicate-rule-new", methods=["GET", "POST"], needs=MANAGE)
def new(request: PageRequest) -> HttpResponse:
    """A rule of the company's own. `?type=`."""
    sent = request.POST if request.method == "POST" else request.GET
    kind = sent.get("record_type") or sent.get("type") or next(iter(COMPARED))
    if kind not in dict(compared_types()):
        raise NotFound
    blank = DuplicateRuling(record_type=kind, name="", alternatives=())
    return _form(request, blank, lambda raw: create_rule.run(request.actor, None, raw | {"record_type": kind}))


@page(f"{ROUTE}/<int:duplicate_rule_id>", name="duplicate-rule", methods=["GET", "POST"], needs=MANAGE)
def edit(request: PageRequest, duplicate_rule_id: int) -> HttpResponse:
    """Change a stored rule."""
    row = rule_for(request.actor, duplicate_rule_id)
    seen = request.POST.get("version", "")
    version = number_in(seen)
    return _form(
        request,
        ruling(row),
        lambda raw: change_rule.run(request.actor, duplicate_rule_id, raw, version=version),
        version=row.version,
    )


@page(f"{ROUTE}/<int:duplicate_rule_id>/end", name="duplicate-rule-end", methods=["POST"], needs=MANAGE)
def end(request: PageRequest, duplicate_rule_id: int) -> HttpResponse:
    """Remove one; a declared one is again as it came."""
    row = rule_for(request.actor, duplicate_rule_id)
    end_rule.run(request.actor, duplicate_rule_id, {})
    return go(request, PLACE, _("已恢复为内置规则") if row.preset else _("规则「%s」已删除") % row.name)


@page(f"{ROUTE}/<str:compared>/<str:preset>", name="duplicate-preset", methods=["GET", "POST"], needs=MANAGE)
def edit_preset(request: PageRequest, compared: str, preset: str) -> HttpResponse:
    """Change a declared rule."""
    rule = preset_of(compared, preset)
    if rule.id:
        return go(request, f"{PLACE}/{rule.id}")
    own = {"record_type": compared, "preset": preset}
    return _form(request, rule, lambda raw: change_preset.run(request.actor, None, raw | own))


@dataclass(frozen=True)
class Drawn:
    """A rule as its form shows it."""

    name: str
    groups: list[list[str]]
    effects: dict[str, str]
    told: str
    shown: list[str]
    on: bool


def _form(
    request: PageRequest, rule: DuplicateRuling, save: Callable[[dict[str, Any]], Any], *, version: int = 0
) -> HttpResponse:
    drawn, refusal = _stored(rule), None
    if request.method == "POST":
        drawn = _sent(request.POST)
        try:
            save(_raw(drawn))
            return go(request, PLACE, _("规则「%s」已保存，立即生效") % drawn.name)
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            refusal = refused
    declared, stale = RECORD_TYPES[rule.record_type], isinstance(refusal, Stale)
    return settings_page(
        request,
        "duplicates/rule.html",
        "duplicates",
        status=refusal.status if refusal else 200,
        rule=rule,
        type=declared,
        drawn=drawn,
        refusal=refusal,
        errors=refusal.errors if refusal else {},
        stale=stale,
        version=version if stale else request.POST.get("version") or version,
        offered=_offered(declared),
        entries=[(entry.value, str(label)) for entry, label in ENTRY_WORDS.items()],
        effects=[(effect.value, str(label)) for effect, label in EFFECT_WORDS.items()],
        tells=[(told.value, str(label)) for told, label in TOLD_WORDS.items()],
        shows=[(key, str(label)) for key, label in SHOWN.items()],
    )


def _offered(record_type: RecordType) -> list[tuple[str, str]]:
    """Every condition that there is: (phone:exact, 电话相同)."""
    return [
        (f"{key}:{how}", condition_words(record_type, Condition(key, how)))
        for key, one in compared_of(record_type.key, 0).items()
        for how in How
        if how is How.EXACT or one.kind in LOOSE
    ]


def _stored(rule: DuplicateRuling) -> Drawn:
    groups = [[f"{c.field}:{c.how}" for c in alternative] for alternative in rule.alternatives]
    effects = {entry.value: rule.effects.get(entry, Effect.OFF).value for entry in ENTRY_WORDS}
    return Drawn(str(rule.name), _filled(groups), effects, rule.told.value, list(rule.shown), rule.on)


def _sent(post: QueryDict) -> Drawn:
    groups = [
        [value for slot in range(MOST_CONDITIONS) if (value := post.get(f"if.{group}.{slot}", ""))]
        for group in range(MOST_ALTERNATIVES)
    ]
    while groups and not groups[-1]:
        groups.pop()
    effects = {entry.value: post.get(f"at.{entry.value}", "off") for entry in ENTRY_WORDS}
    return Drawn(
        post.get("name", ""), _filled(groups), effects, post.get("told", ""), post.getlist("shown"), "on" in post
    )


def _filled(groups: list[list[str]]) -> list[list[str]]:
    whole = [[*group, *[""] * (SLOTS - len(group))] for group in groups]
    drawn = min(max(SLOTS, len(whole) + 1), MOST_ALTERNATIVES)
    return whole + [[""] * SLOTS for _each in range(drawn - len(whole))]


def _raw(drawn: Drawn) -> dict[str, Any]:
    groups = [[value.partition(":")[::2] for value in group if value] for group in drawn.groups]
    return {
        "name": drawn.name,
        "alternatives": [[{"field": key, "how": how} for key, how in group] for group in groups if group],
        "effects": drawn.effects,
        "told": drawn.told,
        "shown": drawn.shown,
        "on": drawn.on,
    }


def _line(record_type: RecordType, number: int, rule: DuplicateRuling) -> Line:
    address = f"{PLACE}/{rule.id}" if rule.id else f"{PLACE}/{record_type.key}/{rule.preset}"
    return Line(
        rule,
        str(rule.name),
        rule_words(record_type, rule),
        effect_words(rule),
        told_words(rule),
        address,
        f"{PLACE}/example/{record_type.key}/{number}",
    )
