"""What the form of a field sent, as raw inputs of the actions; and the field it would be, for the preview."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import own_field
from genjin.tailoring.rules.kinds import CHOICES, FACTS, checked_facts
from genjin.tailoring.web.conditions import sent_rules

TEXTS = ("label", "english", "help")
CHOSEN = ("section", "sensitivity")
SWITCHES = ("unique", "searched", "in_list")


def sent_facts(kind: str, sent: QueryDict) -> dict[str, Any]:
    """The facts of a kind; an empty one is told too, so that it can be taken back."""
    facts: dict[str, Any] = {name: sent.get(f"fact_{name}", "").strip() for name in FACTS.get(kind, {})}
    return facts | ({"allowed": ",".join(sent.getlist("fact_allowed"))} if "allowed" in facts else {})


def sent_options(sent: QueryDict) -> list[dict[str, str]]:
    """The options of a new choice field, without empty lines."""
    pairs = zip(sent.getlist("option"), sent.getlist("option_colour"), strict=False)
    return [{"label": label.strip(), "colour": colour} for label, colour in pairs if label.strip()]


def raw_field(kind: str, sent: QueryDict, *, new: bool) -> dict[str, Any]:
    """The raw inputs of adding or editing a field of this kind."""
    raw: dict[str, Any] = {name: sent.get(name, "") for name in TEXTS}
    raw |= {name: sent[name] for name in CHOSEN if sent.get(name)}
    raw |= {name: sent.get(name, "") for name in SWITCHES}
    asks = sent.get("asks", "")
    raw["required"] = "on" if asks == "always" else ""
    raw["required_when"] = sent_rules(sent, "required_when") if asks == "when" else []
    raw["shown_when"] = sent_rules(sent, "shown_when") if sent.get("shows") == "when" else []
    raw["facts"] = sent_facts(kind, sent)
    if "has_default" in sent:
        raw["default"] = "、".join(sent.getlist("default"))
    if new and kind in CHOICES:
        raw["options"] = sent_options(sent)
    return raw


def imagined(record_type: str, kind: str, sent: QueryDict) -> Field:
    """The field as it would be: what the form says, without what is wrong."""
    row = OwnField(record_type=record_type, kind=kind, key="x_preview", label=sent.get("label") or "…")
    row.help, row.required = sent.get("help", ""), sent.get("asks") == "always"
    try:
        row.facts = checked_facts(kind, {k: v for k, v in sent_facts(kind, sent).items() if v})
    except Refused:
        row.facts = {"to": "customer"} if kind == "record" else {}
    return own_field(row)


def default_of(actor: Actor, field: Field, sent: QueryDict) -> Any:
    """What was sent as the default, as a form value; '' for what is none."""
    try:
        return field.form_value(field.parse("、".join(sent.getlist("default")), actor), actor)
    except FieldError:
        return ""
