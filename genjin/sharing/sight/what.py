"""What a member can see: per type the scope of each role in words, how many records that are, what teams and rules add,
which fields are kept from him, what else his roles allow.

Numbers count only what the reader may see himself: they tell him nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor, Scope, Surface
from genjin.kernel.doors import visible_one_by_one
from genjin.kernel.grants import GRANTS
from genjin.kernel.lists import ListQuery, count_capped
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.kernel.seeing import access_words
from genjin.kernel.wording import listed
from genjin.org.models import ScopeKind
from genjin.org.queries import actor_for, organisation
from genjin.org.snapshot import Organisation, Person, RoleFacts
from genjin.ownership.queries import places_count
from genjin.sharing.drawing import Line, line
from genjin.sharing.grants import EXPLAIN
from genjin.sharing.queries import company_day, standing_rules
from genjin.sharing.sight.who import giving_roles

MOST_NAMED = 6
CAP = 1_000


@dataclass(frozen=True)
class ScopeLine:
    """What one role lets him see of a type: its scope in words, who and where that is, lists of just that."""

    role: str
    scope: str
    details: list[str]
    links: list[tuple[str, str]]


@dataclass(frozen=True)
class TypeSight:
    """One type: the scopes of his roles; `edits` and `owns` where they reach otherwise; the fields that are kept from
    him, {words: how}; `count` is None for a reader who may not see the type, CAP + 1 for more."""

    record_type: RecordType
    scopes: list[ScopeLine]
    edits: str
    count: int | None
    fields: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class MemberSight:
    """Everything the page tells."""

    person: Person
    types: list[TypeSight]
    teams: int | None
    rules: list[Line]
    grants: list[tuple[str, list[tuple[str, str]]]]


def member_to_explain(actor: Actor, member_id: int) -> Person:
    """The member, for whom it may be told what he sees. Raises NotFound, Forbidden."""
    person = organisation(actor).people.get(member_id)
    if person is None:
        raise NotFound
    if not may_explain_member(actor, person):
        raise Forbidden
    return person


def may_explain_member(actor: Actor, person: Person) -> bool:
    """Whether this actor is told what a member can see."""
    scope = actor.grants.get(EXPLAIN)
    return scope is not None and scope.holds(person.id, person.department_id)


def what_sees(actor: Actor, person: Person) -> MemberSight:
    """What a member can see, for a reader who may be told."""
    org = organisation(actor)
    member = actor_for(person.id, Surface.WEB)
    types = [_type_sight(actor, org, person, member, t) for t in RECORD_TYPES.values() if actor.may(t.grant("see"))]
    rules = [
        line(actor, rule)
        for rule in standing_rules(actor)
        if rule.gives(company_day()) and rule.receives(org, person.id)
    ]
    teams = places_count(person.id, CAP) if actor.administrator or person.id in actor.people else None
    return MemberSight(person, types, teams, rules, _grants(org, person))


def _type_sight(
    reader: Actor, org: Organisation, person: Person, member: Actor | None, declared: RecordType
) -> TypeSight:
    see = declared.grant("see")
    scopes = [_scope_line(org, person, role, declared) for role in giving_roles(org, person.id, see)]
    if person.administrator:
        url = _list_url(declared, [])
        scopes = [ScopeLine(_("管理员"), str(ScopeKind.ALL.label), [], [(_("打开列表"), url)])]
    count = None
    if member is not None and member.may(see):
        count = count_capped(member, ListQuery(declared, only=_in_sight(reader, declared)), CAP)
    return TypeSight(declared, scopes, _edits(org, person, declared), count, _fields(reader, member, declared))


def _in_sight(reader: Actor, declared: RecordType) -> Q:
    return visible_one_by_one(reader, declared)


def _scope_line(org: Organisation, person: Person, role: RoleFacts, declared: RecordType) -> ScopeLine:
    kind = role.grants[declared.grant("see")] or role.scope
    scope = org.scope(person.id, kind, role.departments)
    details = []
    if scope.departments:
        details.append(_("部门：%s") % _named(org.departments[d].name for d in sorted(scope.departments)))
    if scope.members - {person.id}:
        details.append(_("下属：%s") % _named(org.people[m].name for m in sorted(scope.members - {person.id})))
    return ScopeLine(role.name, str(ScopeKind(kind).label), details, _links(org, declared, scope))


def _named(names: Iterable[str]) -> str:
    known = list(names)
    shown = listed(known[:MOST_NAMED])
    if len(known) <= MOST_NAMED:
        return shown
    return _("%(names)s等，共 %(n)s") % {"names": shown, "n": len(known)}


def _links(org: Organisation, declared: RecordType, scope: Scope) -> list[tuple[str, str]]:
    """Lists of just what the scope holds, where a list's filters can say it."""
    if scope.everything:
        return [(_("打开列表"), _list_url(declared, []))]
    found = []
    roots = [d for d in sorted(scope.departments) if org.departments[d].parent_id not in scope.departments]
    if roots and scope.departments == frozenset(below for root in roots for below in org.subtree(root)):
        found.append((_("这些部门的"), _list_url(declared, [("department.in", ",".join(map(str, roots)))])))
    if 0 < len(scope.members) <= 100:
        found.append(
            (_("这些人负责的"), _list_url(declared, [("owner.in", ",".join(map(str, sorted(scope.members))))]))
        )
    return found


def _list_url(declared: RecordType, pairs: list[tuple[str, str]]) -> str:
    return f"/{declared.plural}?{urlencode([('f', '1'), *pairs])}"


def _edits(org: Organisation, person: Person, declared: RecordType) -> str:
    """How far he may edit what he sees."""
    if person.administrator:
        return str(ScopeKind.ALL.label)
    grant = declared.grant("edit")
    kinds = [ScopeKind(role.grants[grant] or role.scope).label for role in giving_roles(org, person.id, grant)]
    return listed(dict.fromkeys(str(kind) for kind in kinds))


def _fields(reader: Actor, member: Actor | None, declared: RecordType) -> list[tuple[str, str]]:
    """The fields of which his roles allow him less than usual; none that is kept from the reader."""
    prefix = f"{declared.key}."
    known = declared.seen_by(reader).keys
    words = access_words()
    limited = sorted(member.rights, key=lambda pair: pair[0]) if member else ()
    return [
        (str(known[path.removeprefix(prefix)].label), words[access])
        for path, access in limited
        if path.startswith(prefix) and path.removeprefix(prefix) in known and access in words
    ]


def _grants(org: Organisation, person: Person) -> list[tuple[str, list[tuple[str, str]]]]:
    """[(section, [(grant, scopes)])] of all that his roles allow."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for key, grant in GRANTS.items():
        roles = giving_roles(org, person.id, key)
        if not grant.internal and (roles or person.administrator):
            grouped.setdefault(str(grant.section), []).append((str(grant.label), _scopes(roles, key, person)))
    return list(grouped.items())


def _scopes(roles: list[RoleFacts], key: str, person: Person) -> str:
    if not GRANTS[key].scoped:
        return ""
    kinds: list[str | Promise] = [ScopeKind(role.grants[key] or role.scope).label for role in roles]
    return listed(dict.fromkeys(str(kind) for kind in (kinds if not person.administrator else [ScopeKind.ALL.label])))
