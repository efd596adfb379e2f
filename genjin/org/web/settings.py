"""The company's settings that business rules read: shown and changed section by section, as they are declared."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.company_settings import SET_OFF, SETTING_SECTIONS, Leaf, SettingSection, group_help, leaves, value_of
from genjin.kernel.fields import Field
from genjin.kernel.jobs import running_of
from genjin.kernel.refusal import NotFound, Refused, Stale
from genjin.org.actions.settings import change_settings
from genjin.org.web.frame import drawn, sent_by, settings_page
from genjin.ui.forms.controls import Control
from genjin.ui.forms.reading import decided, only_changed, raw_inputs, sendable
from genjin.ui.forms.running import FormView
from genjin.ui.pages import PageRequest, fragment, go, page, render, wants_fragment

ROUTE = "settings/rules"


@dataclass(frozen=True)
class Shown:
    """A setting as the page shows it: its name (under a group), what it is now, whether it was changed."""

    label: str
    help: str
    text: str
    default: str
    changed: bool


@page(ROUTE, name="rules", needs="settings.manage")
def rules(request: PageRequest) -> HttpResponse:
    """Every section with what is set."""
    cards = [(section, _groups(request, found)) for section, found in _by_section(request)]
    return settings_page(request, "org/rules.html", "rules", cards=cards, jobs=_working(request))


@page(f"{ROUTE}/progress", name="rules-progress", needs="settings.manage")
def working(request: PageRequest) -> HttpResponse:
    """How far the work is that a change has set off."""
    return fragment(request, "org/rules_progress.html", jobs=_working(request))


@page(f"{ROUTE}/<str:section_key>", name="rules-section", methods=["GET", "POST"], needs="settings.manage")
def section(request: PageRequest, section_key: str) -> HttpResponse:
    """Change the settings of one section; what a `?key=value` says undoes."""
    found = next((pair for pair in _by_section(request) if pair[0].key == section_key), None)
    if found is None:
        raise NotFound
    form = SectionForm(request, *found)
    if request.method == "POST" and form.run():
        return go(request, f"/{ROUTE}", _("设置已保存，立即生效"), undo=form.undo())
    return form.draw()


@dataclass
class SectionForm:
    """The dialog of one section. Only what the editor changed is sent on, together with what he saw before."""

    request: PageRequest
    section: SettingSection
    found: list[Leaf]
    changed: dict[str, Any] = field(default_factory=dict)
    refusal: Refused | None = None

    def run(self) -> bool:
        """Change what was changed; False when it was refused."""
        sent = sent_by(self.request)
        was = sent.get("was", "")
        raw = raw_inputs(self.fields(), sent)
        self.changed = decided(only_changed(raw, was), sent)
        seen = {key: value for key, value in _json(was).items() if key in self.changed}
        if not self.changed:
            return True
        try:
            change_settings.run(self.request.actor, None, {"changes": self.changed, "seen": seen})
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            self.refusal = refusal
        return self.refusal is None

    def undo(self) -> str:
        """The address that puts back what stood before, unless somebody changed it again."""
        before = _json(sent_by(self.request).get("was", ""))
        back = {key: before[key] for key in self.changed if key in before}
        if not back:
            return ""
        now = {key: self.changed[key] for key in back}
        given = {**back, "drawn": ",".join(back), "was": json.dumps(now, ensure_ascii=False)}
        return f"/{ROUTE}/{self.section.key}?{urlencode(given)}"

    def fields(self) -> list[Field]:
        """Each setting's field under its full key."""
        return [_asked(self.request, leaf) for leaf in self.found]

    def draw(self) -> HttpResponse:
        """Into the dialog for htmx, as a page of its own otherwise; with both values where two people changed one."""
        stale = isinstance(self.refusal, Stale)
        inner = "ui/conflict.html" if stale else "ui/dialog.html"
        frame = inner if wants_fragment(self.request) else "ui/form.html"
        context: dict[str, Any] = {"form": self._view(), "differences": self._differences()}
        status = self.refusal.status if self.refusal else 200
        return render(self.request, frame, status=status, bare=frame == inner, inner=inner, **context)

    def _view(self) -> FormView:
        made = self._controls()
        plain = [made[leaf.key] for leaf in self.found if not leaf.group]
        grouped = [
            (str(label), [made[leaf.key] for leaf in of_it])
            for label, of_it in groupby((leaf for leaf in self.found if leaf.group), key=lambda leaf: leaf.group)
        ]
        banner = self.refusal.message if self.refusal and not self.refusal.errors else ""
        return FormView(
            title=str(self.section.label),
            url=self.request.path,
            submit=_("保存"),
            first=plain,
            groups=grouped,
            hidden=[("drawn", ",".join(made)), ("was", json.dumps(self._was(), ensure_ascii=False))],
            text=str(self.section.note),
            banner=banner,
            wide=True,
        )

    def _controls(self) -> dict[str, Control]:
        sent = raw_inputs(self.fields(), sent_by(self.request)) if self.refusal else self._now()
        errors = self.refusal.errors if self.refusal else {}
        actor = self.request.actor
        return {f.key: drawn(actor, f, sent.get(f.key, ""), change_settings.name, errors) for f in self.fields()}

    def _now(self) -> dict[str, Any]:
        actor = self.request.actor
        return {leaf.key: leaf.field.form_value(value_of(leaf, actor.stamp), actor) for leaf in self.found}

    def _was(self) -> dict[str, Any]:
        """What the editor saw; after a conflict, what he sees of it now."""
        now = {f.key: sendable(f, value) for f, value in zip(self.fields(), self._now().values(), strict=True)}
        if self.refusal is None:
            return now
        seen = now | _json(sent_by(self.request).get("was", ""))
        return seen | {key: now[key] for key in self.refusal.facts.get("differences", {})}

    def _differences(self) -> list[dict[str, str]]:
        known = {leaf.key: leaf for leaf in self.found}
        pairs = self.refusal.facts.get("differences", {}) if self.refusal else {}
        actor = self.request.actor
        return [
            {
                "key": key,
                "label": known[key].label,
                "theirs": known[key].field.text(theirs, actor) or _("（空）"),
                "mine": known[key].field.text(mine, actor) or _("（空）"),
            }
            for key, (theirs, mine) in pairs.items()
        ]


def _asked(request: PageRequest, leaf: Leaf) -> Field:
    """The setting's field as the form asks for it: with its unit, and what holds when nobody sets it."""
    unit = str(getattr(leaf.field, "unit", "")).strip()
    label = _("%(label)s（%(unit)s）") % {"label": leaf.field.label, "unit": unit} if unit else leaf.field.label
    default = _("默认：%s") % (leaf.field.text(leaf.default, request.actor) or _("（空）"))
    told = _("%(help)s（%(default)s）") % {"help": leaf.field.help, "default": default} if leaf.field.help else default
    return leaf.field.with_(key=leaf.key, label=label, help=told, required=leaf.default not in (None, "", []))


def _working(request: PageRequest) -> list[tuple[str, int]]:
    """[(what is being done, percent)] of the jobs that this member's changes started."""
    found = [job for job in running_of(request.actor) if job.name in SET_OFF]
    return [(job.title, min(99, round(100 * job.done / job.total)) if job.total else 0) for job in found]


def _by_section(request: PageRequest) -> list[tuple[SettingSection, list[Leaf]]]:
    known = list(leaves(request.actor.stamp).values())
    ordered = sorted(SETTING_SECTIONS.values(), key=lambda each: each.order)
    return [(each, own) for each in ordered if (own := [leaf for leaf in known if leaf.section == each.key])]


def _groups(request: PageRequest, found: list[Leaf]) -> list[tuple[str, str, list[Shown]]]:
    """[(group or '', its help, settings)]: those that stand alone first."""
    ordered = sorted(found, key=lambda leaf: bool(leaf.group))
    return [
        (str(group), group_help(group) if group else "", [shown(request, leaf) for leaf in own])
        for group, own in groupby(ordered, key=lambda leaf: leaf.group)
    ]


def shown(request: PageRequest, leaf: Leaf) -> Shown:
    actor = request.actor
    value = value_of(leaf, actor.stamp)
    default = leaf.field.text(leaf.default, actor) or _("（空）")
    text = leaf.field.text(value, actor) or _("（空）")
    return Shown(str(leaf.field.label), str(leaf.field.help), text, default, value != leaf.default)


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
