"""What the page of columns asks about all rows at once: what stands where the sheet says nothing, and what becomes of
rows that name no customer.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, FieldError
from genjin.surfaces.imports.kinds import Kind, Target
from genjin.surfaces.imports.models import Import
from genjin.surfaces.imports.policy import LEFT_OUT, Policy
from genjin.surfaces.imports.rules import rules_from_json
from genjin.surfaces.imports.samples import Samples


@dataclass(frozen=True)
class GivenView:
    """A field that can be filled in for all rows: with `options`, or looked up at `url`."""

    name: str
    label: str
    value: str
    text: str
    options: list[tuple[str, str]]
    url: str


@dataclass(frozen=True)
class NobodyView:
    """What becomes of rows that name no customer: how many, the way that is chosen, the name of the one for all."""

    target: str
    heading: str
    count: int
    way: str
    name: str


def given_views(actor: Actor, kind: Kind, policy: Policy) -> list[GivenView]:
    """The fields that may be said for all rows."""
    declared = kind.by_key[kind.main].declared
    if declared is None:
        return []
    return [
        _view(actor, declared.create.name, target, policy.given.get(name, ""))
        for name, target in kind.for_all(actor).items()
        if target.part == kind.main
    ]


def _view(actor: Actor, action: str, target: Target, value: str) -> GivenView:
    field = target.field
    options: list[tuple[str, str]] = []
    if isinstance(field, Choice):
        options = [("", _("不填")), *((one.key, field.text(one.key, actor)) for one in field.live(actor))]
    url = reverse("choices", args=[action, field.key]) if field.kind == "record" else ""
    try:
        text = field.text(field.parse(value, actor), actor) if value else ""
    except FieldError:
        value = text = ""
    return GivenView(f"given-{target.name}", target.label, value, text, options, url)


def nobody_view(kind: Kind, row: Import, policy: Policy, samples: Samples) -> NobodyView | None:
    """The card about rows without a customer; None where there are none, or none need one."""
    if not kind.finds or kind.by_key[kind.main].declared is None:
        return None
    target = f"{kind.anchor.key}.{kind.anchor_type.title}"
    known = {target, f"{kind.anchor.key}.external_code", f"{kind.anchor.key}.code"}
    columns = [rule for rule in rules_from_json(row.rules) if rule.target in known]
    most = max((samples.count(rule.index) for rule in columns), default=0)
    said = policy.given.get(target, "")
    if not samples.rows - most and not said:
        return None
    way = "skip" if said == LEFT_OUT else "named" if said else "fail"
    heading = columns[0].heading if columns else ""
    return NobodyView(target, heading, samples.rows - most, way, "" if said == LEFT_OUT else said)
