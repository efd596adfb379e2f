"""A form around one action: what it draws, running the action with what was sent, drawing again with what was wrong."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actions import Action, Outcome
from genjin.kernel.actor import Actor
from genjin.kernel.digits import number_in
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Field
from genjin.kernel.models.rows import Record
from genjin.kernel.refusal import Invalid, Refused, Stale
from genjin.kernel.versions import known_version
from genjin.ui.addresses import record_url
from genjin.ui.forms.confirming import CONFIRMATION, put_beside, to_draw
from genjin.ui.forms.controls import Control, controls
from genjin.ui.forms.hints import Hint, hints_for
from genjin.ui.forms.reading import decided, only_changed, raw_inputs, sendable
from genjin.ui.forms.showing import drawable, opening, standing, told, without_hidden
from genjin.ui.pages import PageRequest, render, wants_fragment


@dataclass
class FormView:
    """What the form's template draws."""

    title: str
    url: str
    submit: str
    first: list[Control]
    groups: list[tuple[str, list[Control]]] = field(default_factory=list)
    folded: bool = False
    hidden: list[tuple[str, Any]] = field(default_factory=list)
    text: str = ""
    banner: str = ""
    similar: list[dict[str, Any]] = field(default_factory=list)
    danger: bool = False
    wide: bool = False
    draft: str = ""
    conditions: str = ""
    hints: list[Hint] = field(default_factory=list)


@dataclass
class ActionForm:
    """One action's form: made for a request, run on POST, drawn otherwise. `demanded`: only these fields are drawn, and
    all of them asked for; `decided_here`: inputs that the page decides, whatever was sent for them."""

    request: PageRequest
    action: Action[Any, Any]
    url: str
    title: str
    row: Record | None = None
    submit: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    keep: tuple[tuple[str, Any], ...] = ()
    draft: str = ""
    text: str = ""
    demanded: frozenset[str] | None = None
    decided_here: dict[str, Any] = field(default_factory=dict)
    refusal: Refused | None = None

    @property
    def actor(self) -> Actor:
        """Who fills it in."""
        return self.request.actor

    @property
    def fields(self) -> Sequence[Field]:
        """What it asks for."""
        asked = self.action.inputs(self.actor)
        if self.demanded is None:
            return asked
        return [replace(f, required=True) for f in asked if f.key in self.demanded]

    @cached_property
    def stands(self) -> Mapping[str, Any]:
        """The record's values that conditions are asked of."""
        return standing(self.actor, self.action.record_type if self.action.takes_values else None, self.row)

    @property
    def editing(self) -> bool:
        """Whether it edits a record's own fields (only changed ones are sent on, with the version seen)."""
        return self.action.takes_values and self.row is not None

    def run(self) -> Outcome | None:
        """Run the action with what was sent; None when it was refused (then respond() tells why)."""
        sent = self.request.POST
        raw = without_hidden(self.actor, self.fields, self.stands, raw_inputs(self.fields, sent))
        version = sent.get("version", "")
        if self.editing:
            raw = decided(only_changed(raw, sent.get("was", "")), sent) | self.decided_here
            if all(key.endswith(CONFIRMATION) for key in raw):
                return Outcome(self.row.pk if self.row else None, None)
        try:
            return self.action.run(
                self.actor,
                self.row.pk if self.row else None,
                raw,
                version=number_in(version),
                key=sent.get("idempotency_key") or None,
            )
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            self.refusal = refusal
            return None

    def respond(self) -> HttpResponse:
        """The form: into the dialog for htmx, as a page otherwise. 422 or 409 after a refusal."""
        if isinstance(self.refusal, Stale):
            context: dict[str, Any] = {"form": self.view(), "differences": self._differences(self.refusal)}
            template = "ui/conflict.html"
        else:
            context, template = {"form": self.view()}, "ui/dialog.html"
        status = self.refusal.status if self.refusal else 200
        frame = template if wants_fragment(self.request) else "ui/form.html"
        return render(self.request, frame, status=status, bare=frame == template, inner=template, **context)

    def view(self) -> FormView:
        """What to draw."""
        drawn = to_draw(drawable(self.fields, self.given), self.refusal, self.request.POST)
        values = self._values(drawn)
        errors = self.refusal.errors if self.refusal else {}
        first, groups = self._arranged(controls(self.actor, drawn, values, source=self._source(), errors=errors))
        return FormView(
            title=self.title,
            url=self.url,
            submit=self.submit or str(self.action.label),
            first=first,
            groups=groups,
            folded=self.row is None and not any(c.given.get("error") for _label, part in groups for c in part),
            hidden=self._hidden(drawn),
            text=self.text or str(self.action.confirm),
            banner=self._banner(drawn, errors),
            similar=self._similar(),
            danger=self.action.danger,
            wide=self.action.takes_values,
            draft=self.draft,
            conditions=told(drawn, self.stands),
            hints=self._hints(),
        )

    def _banner(self, drawn: Sequence[Field], errors: Mapping[str, str]) -> str:
        """What was refused, unless a field that is drawn says the same: of what is missing elsewhere no field tells."""
        refusal = self.refusal
        shown = {errors[f.key] for f in drawn if f.key in errors}
        if refusal is None or refusal.message in shown:
            return ""
        return "" if isinstance(refusal, Invalid) and len(shown) == len(errors) else refusal.message

    def _values(self, drawn: Sequence[Field]) -> dict[str, Any]:
        if self.request.method == "POST":
            return raw_inputs(drawn, self.request.POST)
        if self.editing and self.row is not None:
            row, actor = self.row, self.actor
            return {f.key: f.form_value(get_value(row, f), actor) for f in drawn}
        return opening(self.actor, drawn) | self.given

    def _hidden(self, drawn: Sequence[Field]) -> list[tuple[str, Any]]:
        sent = self.request.POST
        hidden = [("drawn", ",".join(f.key for f in drawn)), *self.keep]
        if self.editing and self.row is not None:
            values = self._values(drawn)
            was = json.dumps({f.key: sendable(f, values[f.key]) for f in drawn if f.key in values}, ensure_ascii=False)
            seen = self.refusal.facts["version"] if isinstance(self.refusal, Stale) else None
            return [
                *hidden,
                ("version", seen or sent.get("version") or known_version(self.actor, self.row)),
                ("was", sent.get("was") or was),
            ]
        return [*hidden, ("idempotency_key", sent.get("idempotency_key") or uuid.uuid4().hex)]

    def _source(self) -> str:
        record_type = self.action.record_type
        return record_type.plural if self.action.takes_values and record_type else self.action.name

    def _arranged(self, made: list[Control]) -> tuple[list[Control], list[tuple[str, list[Control]]]]:
        """Quick fields first when creating; the rest under their sections."""
        if not self.action.takes_values or self.action.record_type is None:
            return made, []
        record_type = self.action.record_type.seen_by(self.actor)
        by_key = {c.name: c for c in made}
        needed = [f.key for f in record_type.fields if f.required or f.required_when]
        quick = (*record_type.quick_fields, *needed) if self.row is None else ()
        own = [f.key for f in self.action.own_inputs]
        confirming = [key for key in by_key if key.endswith(CONFIRMATION)]
        first = [by_key[key] for key in dict.fromkeys((*quick, *own)) if key in by_key and key not in confirming]
        groups = []
        for section in record_type.sections:
            keys = [f.key for f in record_type.fields if f.section == section.key]
            part = [by_key[key] for key in keys if key in by_key and by_key[key] not in first]
            if part:
                groups.append((str(section.label), part))
        for key in confirming:
            put_beside(by_key[key], [first, *(part for _label, part in groups)])
        return first, groups

    def _hints(self) -> list[Hint]:
        """Who answers while a new record is filled in."""
        record_type = self.action.record_type
        making = self.action.takes_values and self.row is None and record_type is not None
        return hints_for(self.actor, record_type) if making and record_type else []

    def _similar(self) -> list[dict[str, Any]]:
        """The possible duplicates a refusal names, with the addresses of those the actor may see."""
        record_type = self.action.record_type
        found = self.refusal.facts.get("duplicates", []) if self.refusal else []
        return [
            one | {"url": record_url(record_type, one["id"]) if one.get("id") and record_type else ""} for one in found
        ]

    def _differences(self, stale: Stale) -> list[dict[str, str]]:
        known = {f.key: f for f in self.fields}
        return [
            {
                "key": key,
                "label": str(known[key].label),
                "theirs": known[key].text(theirs, self.actor) or _("（空）"),
                "mine": known[key].text(mine, self.actor) or _("（空）"),
            }
            for key, (theirs, mine) in stale.facts["differences"].items()
        ]
