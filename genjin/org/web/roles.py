"""Roles: the list, and the editor where each grant is given with its scope in plain words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from genjin.kernel.actions import Action, Outcome
from genjin.kernel.digits import number_in
from genjin.kernel.fields.base import Access
from genjin.kernel.grants import GRANTS, Grant
from genjin.kernel.refusal import Refused, Stale
from genjin.kernel.seeing import access_words
from genjin.org.actions.learning import decide_offers
from genjin.org.actions.roles import copy_role, create_role, delete_role, edit_role
from genjin.org.field_rights import words_of_path
from genjin.org.grants import ready_scope
from genjin.org.models import Role, ScopeKind
from genjin.org.queries import holders_of_roles, organisation, role_for
from genjin.org.queries.offers import offers_to_roles
from genjin.org.web import role_fields
from genjin.org.web.conflicts import told
from genjin.org.web.frame import settings_page
from genjin.org.web.role_fields import FIELD
from genjin.ui.forms.merging import decide, merge, told_was, was_of
from genjin.ui.pages import PageRequest, go, page

ROUTE = "settings/roles"
GRANT = "grants:"  # before a grant's key in the flat form
SCOPE_HELP = (
    (ScopeKind.SELF, gettext_lazy("只有自己负责的记录")),
    (ScopeKind.SELF_SUB, gettext_lazy("自己和下属负责的，下属按「直属上级」一级一级算到底")),
    (ScopeKind.DEPT, gettext_lazy("自己的主部门和其他部门的记录，不含下级部门")),
    (ScopeKind.DEPT_SUB, gettext_lazy("自己所在部门和它的所有下级部门")),
    (ScopeKind.DEPT_CUSTOM, gettext_lazy("下面指定的部门和它们的下级部门，与自己在哪里无关")),
    (ScopeKind.ALL, gettext_lazy("全公司的记录")),
)


@dataclass(frozen=True)
class Sent:
    """A role as the editor shows it: stored, new, or as just sent."""

    name: str
    note: str
    scope: str
    departments: list[int]
    grants: dict[str, str]
    fields: dict[str, str]


@page(ROUTE, name="roles", needs="org.manage")
def roles(request: PageRequest) -> HttpResponse:
    """All roles with how many hold them."""
    org = organisation(request.actor)
    return settings_page(
        request,
        "org/roles.html",
        "roles",
        roles=org.roles.values(),
        holders=holders_of_roles(request.actor),
        scopes=dict(_scopes()),
        help=SCOPE_HELP,
        offers=len(offers_to_roles(request.actor)),
    )


@page(f"{ROUTE}/offers", name="role-offers", needs="org.manage")
def offered(request: PageRequest) -> HttpResponse:
    """What a new version offers to roles that the company shaped: given or not, role by role."""
    return _offers(request)


@page(f"{ROUTE}/<int:role_id>/offers", name="role-offer", methods=["POST"], needs="org.manage")
def decided(request: PageRequest, role_id: int) -> HttpResponse:
    """Give a role what is ticked, settle the rest."""
    role, given = role_for(request.actor, role_id), request.POST.getlist("given")
    try:
        decide_offers.run(request.actor, role_id, {"given": {grant: ready_scope(grant) for grant in given}})
    except Refused as refusal:
        if refusal.code not in ("escalation", "not_offered"):
            raise
        return _offers(request, refusal)
    told = ngettext("已给「%(name)s」%(n)d 项新权限", "已给「%(name)s」%(n)d 项新权限", len(given))
    words = told % {"name": role.name, "n": len(given)} if given else _("「%s」保持不变") % role.name
    return go(request, f"/{ROUTE}/offers" if offers_to_roles(request.actor) else f"/{ROUTE}", words)


@page(f"{ROUTE}/new", name="role-new", methods=["GET", "POST"], needs="org.manage")
def new(request: PageRequest) -> HttpResponse:
    """A new role, with the least scope."""
    if request.method == "POST":
        return _save(request, create_role, None)
    return _editor(request, None, Sent("", "", ScopeKind.SELF, [], {"org.see": "", "profile.edit": ""}, {}))


@page(f"{ROUTE}/<int:role_id>", name="role", methods=["GET", "POST"], needs="org.manage")
def edit(request: PageRequest, role_id: int) -> HttpResponse:
    """Edit a role; in force for everybody at his next click."""
    role = role_for(request.actor, role_id)
    if request.method == "POST":
        return _save(request, edit_role, role)
    return _editor(request, role, _stored(role))


@page(f"{ROUTE}/<int:role_id>/copy", name="role-copy", methods=["POST"], needs="org.manage")
def copy(request: PageRequest, role_id: int) -> HttpResponse:
    """A copy to change."""
    made = copy_role(request.actor, role_id)
    return go(request, f"/{ROUTE}/{made.pk}", _("已复制为「%s」") % made.name)


@page(f"{ROUTE}/<int:role_id>/removal", name="role-removal", methods=["POST"], needs="org.manage")
def remove(request: PageRequest, role_id: int) -> HttpResponse:
    """Delete a role that nobody holds."""
    delete_role(request.actor, role_id)
    return go(request, f"/{ROUTE}", _("角色已删除"))


def _offers(request: PageRequest, refusal: Refused | None = None) -> HttpResponse:
    status = refusal.status if refusal else 200
    offers = offers_to_roles(request.actor)
    return settings_page(request, "org/role_offers.html", "roles", status=status, offers=offers, refusal=refusal)


def _save(request: PageRequest, action: Action[Any, Any], role: Role | None) -> HttpResponse:
    sent = _sent(request, role)
    stamp = request.actor.stamp
    theirs = _flat(_stored(role), stamp) if role else {}
    sent = _unflat(decide(_flat(sent, stamp), theirs, request.POST))
    seen = request.POST.get("version", "")
    try:
        outcome = _run(request, action, role, sent, number_in(seen))
    except Stale as stale:
        merged = merge(was_of(request.POST), _flat(sent, stamp), theirs)
        if role is None or not merged.open:
            raise
        return _editor(request, role, _unflat(merged.values), stale, merged.open)
    except Refused as refusal:
        if refusal.code not in ("escalation", "invalid") and refusal.status not in (409, 422):
            raise
        return _editor(request, role, sent, refusal)
    return go(request, f"/{ROUTE}", _("角色「%s」已保存") % sent.name if outcome.row_id else "")


def _run(request: PageRequest, action: Action[Any, Any], role: Role | None, sent: Sent, version: int | None) -> Outcome:
    """Run; what somebody else changed meanwhile is kept. Raises Stale where both changed the same."""
    row_id = role.pk if role else None
    try:
        return action.run(request.actor, row_id, asdict(sent), version=version)
    except Stale:
        if role is None:
            raise
        merged = merge(
            was_of(request.POST), _flat(sent, request.actor.stamp), _flat(_stored(role), request.actor.stamp)
        )
        if merged.open:
            raise
        return action.run(request.actor, row_id, asdict(_unflat(merged.values)), version=role.version)


def _stored(role: Role) -> Sent:
    return Sent(role.name, role.note, role.scope, role.departments, role.grants, role.fields)


def _flat(sent: Sent, stamp: int) -> dict[str, Any]:
    """Every grant for itself, so that two people may change different ones."""
    grants = {f"{GRANT}{key}": sent.grants.get(key) for key in GRANTS}
    facts = {"name": sent.name, "note": sent.note, "scope": sent.scope, "departments": sorted(sent.departments)}
    return facts | grants | role_fields.flat(sent.fields, stamp)


def _unflat(flat: dict[str, Any]) -> Sent:
    grants = {key.removeprefix(GRANT): scope for key, scope in flat.items() if key.startswith(GRANT)}
    held = {key: scope for key, scope in grants.items() if scope is not None}
    of_fields = role_fields.unflat(flat)
    return Sent(flat["name"], flat["note"], flat["scope"], flat["departments"], held, of_fields)


def _told(request: PageRequest, differences: dict[str, tuple[Any, Any]]) -> list[dict[str, str]]:
    """The differences in words."""
    scopes: dict[str | None, str] = {None: _("不允许"), "": _("允许"), **dict(_scopes())}
    allowed = [
        {
            "key": key,
            "label": str(GRANTS[key.removeprefix(GRANT)].label),
            "theirs": scopes[theirs],
            "mine": scopes[mine],
        }
        for key, (theirs, mine) in differences.items()
        if key.startswith(GRANT)
    ]
    words = {str(access): text for access, text in access_words().items()}
    limited = [
        {
            "key": key,
            "label": words_of_path(key.removeprefix(FIELD), request.actor.stamp),
            "theirs": words[theirs or Access.EDIT],
            "mine": words[mine or Access.EDIT],
        }
        for key, (theirs, mine) in differences.items()
        if key.startswith(FIELD)
    ]
    facts = {key: pair for key, pair in differences.items() if not key.startswith((GRANT, FIELD))}
    if "departments" in facts:
        theirs, mine = facts["departments"]
        facts["departments"] = ([str(each) for each in theirs], [str(each) for each in mine])
    return [*told(request.actor, edit_role.own_inputs, facts), *allowed, *limited]


def _sent(request: PageRequest, role: Role | None) -> Sent:
    post = request.POST
    given = {key: post.get(f"scope:{key}", "") for key in post.getlist("grants")}
    departments = [int(value) for value in post.getlist("departments") if value.isdecimal()]
    of_fields = role_fields.sent(post, role.fields if role else {})
    return Sent(post.get("name", ""), post.get("note", ""), post.get("scope", ""), departments, given, of_fields)


def _editor(
    request: PageRequest,
    role: Role | None,
    sent: Sent,
    refusal: Refused | None = None,
    differences: dict[str, tuple[Any, Any]] | None = None,
) -> HttpResponse:
    org = organisation(request.actor)
    again = refusal is not None and not isinstance(refusal, Stale)
    return settings_page(
        request,
        "org/role.html",
        "roles",
        status=refusal.status if refusal else 200,
        role=role,
        sent=sent,
        refusal=refusal,
        differences=_told(request, differences or {}),
        version=(again and request.POST.get("version")) or (role.version if role else ""),
        was=(again and request.POST.get("was")) or told_was(_flat(_stored(role), request.actor.stamp) if role else {}),
        errors=refusal.errors if refusal else {},
        parts_list=_sections(),
        field_types=role_fields.lines(request.actor, sent.fields),
        access_words=[(str(access), words) for access, words in reversed(access_words().items())],
        scopes=_scopes(),
        scope_names=dict(_scopes()),
        help=SCOPE_HELP,
        chosen=[(d, org.departments[d].name) for d in sent.departments if d in org.departments],
        held=holders_of_roles(request.actor).get(role.pk, 0) if role else 0,
    )


def _sections() -> list[tuple[str, list[Grant]]]:
    grouped: dict[str, list[Grant]] = {}
    for grant in GRANTS.values():
        if not grant.internal:
            grouped.setdefault(str(grant.section), []).append(grant)
    return list(grouped.items())


def _scopes() -> list[tuple[str, str]]:
    return [(key, str(label)) for key, label in ScopeKind.choices]
