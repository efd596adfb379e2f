"""Members: the list, one member's page, dialogs for each change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import NotFound
from genjin.org.actions.members import create_member
from genjin.org.actions.passwords import issue_reset_code
from genjin.org.models import Member
from genjin.org.queries import Asked, further_of, member_for, members_page, organisation, roles_of, sessions_of
from genjin.org.snapshot import Person
from genjin.org.web.frame import SettingsForm, drawn_in_place, settings_page
from genjin.ui.pages import PageRequest, fragment, go, page, wants_fragment

ROUTE = "settings/members"
# what a member's page offers as dialogs: verb in the address -> (action, title)
VERBS = {
    "facts": "members.edit",
    "place": "members.place",
    "roles": "members.assign_roles",
    "administrator": "members.set_administrator",
    "leaving": "members.deactivate",
    "return": "members.reactivate",
}


@dataclass(frozen=True, kw_only=True)
class MemberLink:
    """A page of a higher area about one member (its address takes his id), and to whom it is offered."""

    label: str | Promise
    icon: str
    url_name: str
    shown: Callable[[Actor, Person], bool]


_links: list[MemberLink] = []


def register_member_link(link: MemberLink) -> None:
    """Offer it at the head of a member's page."""
    _links.append(link)


@page(ROUTE, name="members", needs="org.see")
def members(request: PageRequest) -> HttpResponse:
    """`?q=&state=active|left|all&department=&role=&after=`."""
    asked = _asked(request)
    people, after = members_page(request.actor, asked)
    context: dict[str, Any] = {
        "people": people,
        "asked": asked,
        "org": organisation(request.actor),
        "next": _next(request, after),
    }
    if wants_fragment(request):
        return fragment(request, "org/members.html#list", **context)
    return settings_page(request, "org/members.html", "members", **context)


@page(f"{ROUTE}/new", name="member-new", methods=["GET", "POST"], needs="org.manage")
def new(request: PageRequest) -> HttpResponse:
    """Add a member and show his first code once."""
    given = {"department": request.GET.get("department", ""), "roles": []}
    form = SettingsForm(request, create_member, _("添加成员"), given=given, submit=_("添加"), wide=True)
    return form.answer(lambda: _code(request, form.row_id or 0))


@page(f"{ROUTE}/<int:member_id>", name="member")
def member(request: PageRequest, member_id: int) -> HttpResponse:
    """Everything about one member."""
    row = member_for(request.actor, member_id)
    org = organisation(request.actor)
    return settings_page(
        request,
        "org/member.html",
        "members",
        member=row,
        org=org,
        roles=[org.roles[role_id] for role_id in roles_of(member_id) if role_id in org.roles],
        further=[org.departments[d] for d in org.further.get(member_id, ())],
        below=[org.people[p] for p in org.subordinates.get(member_id, ()) if org.people[p].active],
        **_shown_to_managers(request.actor, member_id),
    )


def _shown_to_managers(actor: Actor, member_id: int) -> dict[str, Any]:
    org, manages = organisation(actor), actor.may("org.manage")
    return {
        "sessions": sessions_of(member_id) if manages else [],
        "grants": org.grants(member_id) if manages else {},
        "links": [link for link in _links if member_id in org.people and link.shown(actor, org.people[member_id])],
    }


@page(f"{ROUTE}/<int:member_id>/reset-code", name="member-reset", methods=["POST"], needs="org.manage")
def reset(request: PageRequest, member_id: int) -> HttpResponse:
    """A fresh code, shown once."""
    return _code(request, member_id)


@page(f"{ROUTE}/<int:member_id>/<str:verb>", name="member-verb", methods=["GET", "POST"], needs="org.manage")
def change(request: PageRequest, member_id: int, verb: str) -> HttpResponse:
    """One of the changes of VERBS."""
    if verb not in VERBS:
        raise NotFound
    row, action = member_for(request.actor, member_id), ACTIONS[VERBS[verb]]
    title = _("%(verb)s「%(name)s」") % {"verb": action.label, "name": row.name}
    form = SettingsForm(request, action, title, member_id, _given(row), version=row.version, submit=_submit(verb))
    return form.answer(lambda: go(request, f"/{ROUTE}/{member_id}", _("已保存：%s") % row.name))


def _code(request: PageRequest, member_id: int) -> HttpResponse:
    row = member_for(request.actor, member_id)
    first = not row.has_usable_password()
    code = issue_reset_code(request.actor, member_id)
    valid = _("3 天") if first else _("1 小时")
    note = _(
        "请当面或通过可靠的方式交给「%(name)s」，让他打开「%(where)s」设置密码。%(valid)s内有效，只能用一次，关闭后不再显示。"
    )
    told = note % {"name": row.name, "where": f"{settings.SITE_ADDRESS}/reset", "valid": valid}
    title = _("一次性重设码")
    return drawn_in_place(
        request, "org/shown_once.html", title=title, value=code, note=told, back=f"/{ROUTE}/{member_id}"
    )


def _given(row: Member) -> dict[str, Any]:
    names = ("name", "sign_in", "phone", "email", "title", "department_id", "superior_id", "administrator")
    given = {name.removesuffix("_id"): getattr(row, name) for name in names}
    return given | {"roles": roles_of(row.pk), "further": further_of(row.pk)}


def _submit(verb: str) -> str:
    return {"leaving": _("停用"), "return": _("恢复在职"), "place": _("调动")}.get(verb, _("保存"))


def _asked(request: PageRequest) -> Asked:
    def number(name: str) -> int | None:
        text = request.GET.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 18 else None

    state = request.GET.get("state", "active")
    return Asked(
        text=request.GET.get("q", "").strip()[:60],
        state=state if state in ("active", "left", "all") else "active",
        department_id=number("department"),
        role_id=number("role"),
        after=number("after"),
    )


def _next(request: PageRequest, after: int | None) -> str:
    if after is None:
        return ""
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    return f"/{ROUTE}?{urlencode(kept | {'after': after})}"
