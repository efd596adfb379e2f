"""The form of a sharing rule, and what it would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from genjin.kernel.digits import number_in
from genjin.kernel.fields.base import FieldError
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Forbidden, NotFound, Refused, Stale
from genjin.org.queries import organisation
from genjin.org.web.frame import settings_page
from genjin.sharing.actions import change_sharing, declare_sharing, offered_types
from genjin.sharing.conditions import OPERATOR, askable
from genjin.sharing.grants import MANAGE
from genjin.sharing.known import known_of
from genjin.sharing.models import SharingRule
from genjin.sharing.previewing import NAMED, preview
from genjin.sharing.queries import rule_for
from genjin.sharing.rules import SharingState
from genjin.sharing.web.rules import PLACE, ROUTE
from genjin.sharing.web.told import differences
from genjin.ui.forms.controls import Control, choices_url
from genjin.ui.forms.merging import decide, merge, told_was, was_of
from genjin.ui.pages import PageRequest, fragment, go, page

IF = "if:"  # before a condition's name in the form
SEVERAL = ("departments", "to_departments", "to_members", "to_roles")
Flat = dict[str, Any]


@page(f"{ROUTE}/new", name="sharing-new", methods=["GET", "POST"], needs=MANAGE)
def new(request: PageRequest) -> HttpResponse:
    """A new rule."""
    if request.method == "POST":
        return _save(request, None)
    return _editor(request, None, Sent(_wanted_type(request.GET).key, {"below": "on", "name": "", "until": ""}))


@page(f"{ROUTE}/<int:rule_id>", name="sharing-rule", methods=["GET", "POST"], needs=MANAGE)
def edit(request: PageRequest, rule_id: int) -> HttpResponse:
    """Change a rule; in force for everybody at his next click."""
    rule = rule_for(request.actor, rule_id)
    if request.method == "POST":
        return _save(request, rule)
    return _editor(request, rule, _stored(rule))


@page(f"{ROUTE}/conditions", name="sharing-conditions", needs=MANAGE)
def conditions(request: PageRequest) -> HttpResponse:
    """What a rule of a type may ask about, for the form when the type was chosen."""
    sent = Sent(_wanted_type(request.GET).key, {})
    return fragment(request, "sharing/conditions.html", controls=_conditions(request, sent))


@page(f"{ROUTE}/preview", name="sharing-preview", methods=["POST"], needs=MANAGE)
def show(request: PageRequest) -> HttpResponse:
    """How many records the form as it stands gives to whom."""
    try:
        found = preview(request.actor, known_of(request.actor, _drafted(request)))
    except (Refused, FieldError):
        found = None
    return fragment(request, "sharing/preview.html", found=found, named=NAMED)


@dataclass(frozen=True)
class Sent:
    """A rule as the form shows it: its type, and the values as browsers send them."""

    record_type: str
    values: Flat

    def raw(self) -> Flat:
        """As the actions take it, but for the type."""
        values = {key: value for key, value in self.values.items() if not key.startswith(IF)}
        asked = {key.removeprefix(IF): value for key, value in self.values.items() if key.startswith(IF) and value}
        return values | {"conditions": asked}


def _wanted_type(sent: QueryDict) -> RecordType:
    key = sent.get("record_type", "")
    return RECORD_TYPES.get(key) or RECORD_TYPES[offered_types()[0][0]]


def _stored(rule: SharingRule) -> Sent:
    values: Flat = {key: sorted(str(each) for each in getattr(rule, key)) for key in SEVERAL}
    values |= {"name": rule.name, "until": rule.until.isoformat() if rule.until else ""}
    values |= {"below": "on" if rule.below else "", "writes": "on" if rule.writes else ""}
    return Sent(rule.record_type, values | {f"{IF}{name}": list(given) for name, given in rule.conditions.items()})


def _sent(request: PageRequest, record_type: RecordType) -> Sent:
    post = request.POST
    values: Flat = {key: sorted(post.getlist(key)) for key in SEVERAL}
    values |= {key: post.get(key, "") for key in ("name", "until", "below", "writes")}
    for field in askable(record_type, request.actor.stamp):
        values[f"{IF}{field.key}.{OPERATOR}"] = post.getlist(f"{IF}{field.key}.{OPERATOR}")
    return Sent(record_type.key, {key: value for key, value in values.items() if value or not key.startswith(IF)})


def _save(request: PageRequest, rule: SharingRule | None) -> HttpResponse:
    declared = RECORD_TYPES[rule.record_type] if rule else _wanted_type(request.POST)
    sent = _sent(request, declared)
    theirs = _stored(rule).values if rule else {}
    sent = Sent(declared.key, decide(sent.values, theirs, request.POST))
    seen = request.POST.get("version", "")
    try:
        _run(request, rule, sent, number_in(seen))
    except Stale as stale:
        merged = merge(was_of(request.POST), sent.values, theirs)
        if rule is None or not merged.open:
            raise
        return _editor(request, rule, Sent(declared.key, merged.values), stale, merged.open)
    except Refused as refusal:
        if refusal.status == 404 or (isinstance(refusal, Forbidden) and refusal.code != "escalation"):
            raise
        return _editor(request, rule, sent, refusal)
    return go(request, PLACE, _("规则「%s」已保存，下一次点击就生效") % sent.values["name"])


def _run(request: PageRequest, rule: SharingRule | None, sent: Sent, version: int | None) -> None:
    """Run; what somebody else changed meanwhile is kept. Raises Stale where both changed the same."""
    if rule is None:
        declare_sharing.run(request.actor, None, sent.raw() | {"record_type": sent.record_type})
        return
    try:
        change_sharing.run(request.actor, rule.pk, sent.raw(), version=version)
    except Stale:
        merged = merge(was_of(request.POST), sent.values, _stored(rule).values)
        if merged.open:
            raise
        again = Sent(sent.record_type, {key: value for key, value in merged.values.items() if value is not None})
        change_sharing.run(request.actor, rule.pk, again.raw(), version=rule.version)


def _drafted(request: PageRequest) -> SharingRule:
    """The form as a rule that is not kept. Raises Refused."""
    declared = _wanted_type(request.POST)
    sent = _sent(request, declared)
    raw = sent.raw() | {"record_type": declared.key, "name": sent.values["name"] or "—"}
    return SharingRule(**declare_sharing.parse(request.actor, raw), state=SharingState.ON)


def _editor(
    request: PageRequest,
    rule: SharingRule | None,
    sent: Sent,
    refusal: Refused | None = None,
    undecided: dict[str, tuple[Any, Any]] | None = None,
) -> HttpResponse:
    actor, again = request.actor, refusal is not None and not isinstance(refusal, Stale)
    if rule is not None and rule.record_type not in RECORD_TYPES:
        raise NotFound
    return settings_page(
        request,
        "sharing/rule.html",
        "sharing",
        status=refusal.status if refusal else 200,
        rule=rule,
        ended=rule is not None and rule.state == SharingState.ENDED,
        type=RECORD_TYPES[sent.record_type],
        types=[(key, str(label)) for key, label in offered_types()],
        sent=sent.values,
        chosen=_chosen(request, sent),
        roles=[(role.id, role.name) for role in organisation(actor).roles.values()],
        controls=_conditions(request, sent),
        limited=any(value for key, value in sent.values.items() if key.startswith(IF)),
        refusal=refusal,
        errors=refusal.errors if refusal else {},
        differences=differences(actor, RECORD_TYPES[sent.record_type], undecided or {}),
        version=(again and request.POST.get("version")) or (rule.version if rule else ""),
        was=(again and request.POST.get("was")) or told_was(_stored(rule).values if rule else {}),
    )


def _chosen(request: PageRequest, sent: Sent) -> dict[str, list[tuple[str, str]]]:
    """What is chosen, with its words."""
    org = organisation(request.actor)
    known: dict[str, Mapping[int, Any]] = {
        "departments": org.departments,
        "to_departments": org.departments,
        "to_members": org.people,
    }
    return {
        key: [(i, rows[int(i)].name) for i in sent.values.get(key, ()) if i.isdecimal() and int(i) in rows]
        for key, rows in known.items()
    }


def _conditions(request: PageRequest, sent: Sent) -> list[Control]:
    """A control for everything a rule may ask about."""
    actor, declared = request.actor, RECORD_TYPES[sent.record_type]
    made = []
    for field in askable(declared, actor.stamp):
        name = f"{IF}{field.key}.{OPERATOR}"
        chosen = [(value, field.filter_text(OPERATOR, [value], actor)) for value in sent.values.get(name) or ()]
        given = {"chosen": chosen, "src": f"{choices_url(declared.plural, field)}?filter=1", "id": f"if-{field.key}"}
        made.append(Control("multi_combobox", name, str(field.label), given))
    return made
