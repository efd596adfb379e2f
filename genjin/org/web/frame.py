"""What all settings pages share: their menu, the index, forms around actions of the organisation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor
from genjin.kernel.digits import number_in
from genjin.kernel.fields import Field
from genjin.kernel.refusal import Forbidden, Refused, Stale
from genjin.org.actions.profile import WrongPassword, note_wrong_password
from genjin.org.fields import OneOf
from genjin.org.queries import organisation
from genjin.org.web.conflicts import SEVERAL, as_sent, told
from genjin.ui.forms.confirming import to_draw
from genjin.ui.forms.controls import Control, control
from genjin.ui.forms.merging import Merged, decide, merge, told_was, was_of
from genjin.ui.forms.running import FormView
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, page, render, wants_fragment

Text = str | Promise
OWN = frozenset({"form", "elements", "action", "method"})
"""Properties of a form element itself: an input of such a name hides them from scripts, and htmx sends nothing."""


@dataclass(frozen=True)
class Section:
    """A page of the settings: where, what it is called, what it is for, which grant opens it."""

    key: str
    label: Text
    icon: str
    note: Text
    needs: str


SECTIONS: list[Section] = [
    Section("organisation", _("组织架构"), icon="hierarchy-2", note=_("部门树与各部门成员"), needs="org.see"),
    Section(
        "members", pgettext_lazy("several", "成员"), icon="users", note=_("添加、调动、停用，重设密码"), needs="org.see"
    ),
    Section("roles", _("角色与权限"), icon="lock", note=_("谁能做什么、能看到谁的数据"), needs="org.manage"),
    Section("company", _("公司信息"), icon="building", note=_("名称、标志与时区"), needs="settings.manage"),
    Section(
        "rules",
        _("业务设置"),
        icon="adjustments-horizontal",
        note=_("跟进、提醒等业务规则里的天数与开关"),
        needs="settings.manage",
    ),
    Section(
        "options",
        pgettext_lazy("several", "选项列表"),
        icon="list",
        note=_("等级、来源等下拉选项的名称与颜色"),
        needs="settings.manage",
    ),
    Section(
        "holidays",
        pgettext_lazy("several", "节假日"),
        icon="calendar",
        note=_("放假与调休，工作日计算的依据"),
        needs="settings.manage",
    ),
    Section(
        "codes",
        pgettext_lazy("several", "编号规则"),
        icon="tag",
        note=_("新记录的编号长什么样"),
        needs="settings.manage",
    ),
    Section("audit", _("审计日志"), icon="history", note=_("谁在什么时候做了什么"), needs="audit.see"),
]
register_nav(
    NavItem(
        key="settings",
        label=_("设置"),
        icon="settings",
        url_name="settings",
        section="management",
        order=900,
        needs=("org.see", "org.manage", "settings.manage", "audit.see"),
    )
)


def register_settings(section: Section, *, before: str = "audit") -> None:
    """Let an area above have a page in the settings' menu; its address has the section's key as its name."""
    keys = [known.key for known in SECTIONS]
    SECTIONS.insert(keys.index(before), section)


def sections_for(actor: Actor) -> list[Section]:
    """The settings this actor may open."""
    return [section for section in SECTIONS if actor.may(section.needs)]


def settings_page(request: PageRequest, template: str, section: str, **context: Any) -> HttpResponse:
    """A page within the settings, with their menu."""
    return render(request, template, sections=sections_for(request.actor), section=section, **context)


@page("settings", name="settings")
def settings_index(request: PageRequest) -> HttpResponse:
    """All settings as cards."""
    if not sections_for(request.actor):
        raise Forbidden
    return settings_page(request, "org/settings_index.html", "")


@dataclass
class SettingsForm:
    """A dialog around one action: drawn on GET, run on POST, drawn again (422, 409) with what was wrong. `hidden`
    inputs are decided here; what was sent for them does not count."""

    request: PageRequest
    action: Action[Any, Any]
    title: Text
    row_id: int | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    hidden: Mapping[str, Any] = field(default_factory=dict)
    submit: Text = ""
    text: Text = ""
    version: int | None = None
    wide: bool = False
    refusal: Refused | None = None
    merged: Merged | None = None

    def answer(self, done: Callable[[], HttpResponse]) -> HttpResponse:
        """The form, or after it was carried out what `done` answers."""
        self.action.check(self.request.actor)
        if self.request.method == "POST" and self.run():
            return done()
        return self.draw()

    def run(self) -> bool:
        """Run the action with what was sent."""
        sent = sent_by(self.request)
        raw = raw_inputs(self.action.inputs(self.request.actor), sent) | dict(self.hidden)
        if self.version is not None:
            raw = decide(raw, as_sent(self.fields, self.given), sent)
        seen = sent.get("version", "")
        try:
            self._start(raw, number_in(seen))
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            self.refuse(refusal)
        return self.refusal is None

    def _start(self, raw: dict[str, Any], version: int | None) -> None:
        """Run; what somebody else changed meanwhile is kept beside it, and asked about where both changed the same."""
        try:
            self.row_id = self.action.run(self.request.actor, self.row_id, raw, version=version).row_id
        except Stale as stale:
            sent = sent_by(self.request)
            self.merged = merge(was_of(sent), as_sent(self.fields, raw), as_sent(self.fields, self.given))
            if self.merged.open or self.version is None:
                raise stale from None
            raw |= self.merged.values
            self.row_id = self.action.run(self.request.actor, self.row_id, raw, version=self.version).row_id

    @property
    def fields(self) -> list[Field]:
        """What it asks for."""
        asked = to_draw(self.action.inputs(self.request.actor), self.refusal, sent_by(self.request))
        return [f for f in asked if f.key not in self.hidden]

    def refuse(self, refusal: Refused) -> None:
        """Keep why it was refused; a wrong password counts."""
        if isinstance(refusal, WrongPassword):
            note_wrong_password(self.request.actor)
        self.refusal = refusal

    def draw(self) -> HttpResponse:
        """Into the dialog for htmx, as a page of its own otherwise."""
        status = self.refusal.status if self.refusal else 200
        conflict = self.merged.open if self.merged and isinstance(self.refusal, Stale) else {}
        differences = told(self.request.actor, self.fields, conflict)
        inner = "ui/conflict.html" if conflict else "ui/dialog.html"
        frame = inner if wants_fragment(self.request) else "ui/form.html"
        context = {"inner": inner, "form": self.view(), "differences": differences}
        return render(self.request, frame, status=status, bare=frame == inner, **context)

    def view(self) -> FormView:
        """What the template draws."""
        sent = sent_by(self.request) if self.refusal else None
        errors = self.refusal.errors if self.refusal else {}
        fields = self.fields
        raw = raw_inputs(fields, sent) if sent is not None else self.given
        if isinstance(self.refusal, Stale) and self.merged:
            raw = {**raw, **self.merged.values}
        return FormView(
            title=str(self.title),
            url=self.request.path,
            submit=str(self.submit or self.action.label),
            first=[drawn(self.request.actor, f, raw.get(f.key, ""), self.action.name, errors) for f in fields],
            hidden=[*((key, value) for key, value in self.hidden.items() if key not in OWN), *self._seen(sent)],
            text=str(self.text or self.action.confirm),
            banner=self.refusal.message
            if self.refusal and not self.refusal.errors.keys() & {f.key for f in fields}
            else "",
            danger=self.action.danger,
            wide=self.wide,
        )

    def _seen(self, sent: QueryDict | None) -> list[tuple[str, Any]]:
        """What the editor has seen: the version and the values the form was filled with, those of now after a
        conflict was shown."""
        if self.version is None:
            return []
        if sent is not None and not isinstance(self.refusal, Stale) and sent.get("version"):
            return [("version", sent["version"]), ("was", sent.get("was", ""))]
        return [("version", self.version), ("was", told_was(as_sent(self.fields, self.given)))]


def sent_by(request: PageRequest) -> QueryDict:
    """What was sent; an undo sends its inputs in the address."""
    return request.POST if set(request.POST) - {"csrfmiddlewaretoken"} else request.GET


def raw_inputs(fields: tuple[Field, ...] | list[Field], sent: QueryDict) -> dict[str, Any]:
    """{key: raw value} of declared inputs only; what else was sent does not exist."""
    return {
        f.key: sent.getlist(f.key) if f.kind in SEVERAL else sent.get(f.key, "")
        for f in fields
        if f.kind in SEVERAL or f.kind == "yesno" or f.key in sent
    }


def drawn(actor: Actor, declared: Field, raw: Any, source: str, errors: Mapping[str, str]) -> Control:
    """The control of an input: what the generic forms know, and the organisation's own kinds."""
    special = _special(actor, declared, raw, source)
    error = errors.get(declared.key, "")
    if special is None:
        return control(actor, declared, raw, source=source, error=error)
    component, given = special
    given |= {"help": str(declared.help), "error": error, "required": declared.required}
    return Control(component, declared.key, str(declared.label), given)


def _special(actor: Actor, declared: Field, raw: Any, source: str) -> tuple[str, dict[str, Any]] | None:
    org = organisation(actor)
    if isinstance(declared, OneOf):
        return "select", {"options": [(key, str(label)) for key, label in declared.offered_to(actor)], "value": raw}
    if declared.kind == "password":
        return "password", {"autocomplete": "current-password" if declared.key == "current" else "new-password"}
    if declared.kind == "roles":
        pairs = [(role.id, role.name) for role in org.roles.values()]
        return "choices", {"options": pairs, "value": raw or [], "multiple": True}
    if declared.kind == "members" and raw != "":
        people = [(one, org.people[one].name) for one in _numbers(raw) if one in org.people]
        return "multi_combobox", {"chosen": people, "src": f"/choices/{source}/{declared.key}", "wide": True}
    if declared.kind == "departments":
        known = [(one, org.departments[one].name) for one in _numbers(raw) if one in org.departments]
        return "multi_combobox", {"chosen": known, "src": "/choices/departments.move/parent", "wide": True}
    return None


def _numbers(raw: Any) -> list[int]:
    """The ids among what a list was filled with: nothing chosen is sent as an empty text."""
    texts = [str(value) for value in raw or ()]
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]


def drawn_in_place(request: PageRequest, template: str, **context: Any) -> HttpResponse:
    """A dialog's content that is no form of one action (something shown once, a question)."""
    frame = template if wants_fragment(request) else "ui/form.html"
    form = {"title": context.get("title", "")}
    return render(request, frame, bare=frame == template, inner=template, form=form, **context)
