"""Reads of the organisation. Here an actor comes into being. The audit log: `queries.audit`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from django.db.models import F
from django.utils import timezone

from genjin.kernel import search_text
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.refusal import NotFound
from genjin.kernel.stamps import current_stamp
from genjin.org.models import AccessToken, Company, Department, FurtherDepartment, Member, MemberRole, Role, Session
from genjin.org.snapshot import ORGANISATION, Node, Organisation, Person, make_actor


def actor_for(member_id: int, surface: Surface, *, request_id: str = "") -> Actor | None:
    """The actor of an active member as of now (one small query); None for somebody inactive or unknown."""
    stamp = current_stamp()
    actor = make_actor(ORGANISATION.at(stamp), member_id, stamp)
    if actor is None:
        return None
    return replace(actor, surface=surface, request_id=request_id)


def actor_of_token(text: str, surface: Surface, *, request_id: str = "") -> tuple[Actor, int] | None:
    """(actor with the token's narrower grants, token id); None for a token that is wrong, over or revoked, or whose
    member has left. A read-only token keeps only grants to see."""
    token = AccessToken.objects.filter(token_hash=hash_token(text), revoked_at=None).first()
    if token is None or (token.expires_at is not None and token.expires_at <= timezone.now()):
        return None
    actor = actor_for(token.member_id, surface, request_id=request_id)
    if actor is None:
        return None
    actor = replace(actor, token=token.name)
    return (reading(actor) if token.read_only else actor), token.pk


def reading(actor: Actor) -> Actor:
    """The same actor with nothing but grants to see."""
    kept = {grant: scope for grant, scope in actor.grants.items() if grant.rpartition(".")[2] == "see"}
    return replace(actor, grants=MappingProxyType(kept), administrator=False)


def hash_token(text: str) -> str:
    """Tokens have 256 random bits: a plain hash suffices."""
    return hashlib.sha256(text.encode()).hexdigest()


def organisation(actor: Actor) -> Organisation:
    """The organisation as this actor's request sees it."""
    return ORGANISATION.at(actor.stamp)


def member_facts(member_id: int) -> Member:
    """A member's row. Raises NotFound."""
    member = Member.objects.filter(pk=member_id).first()
    if member is None:
        raise NotFound
    return member


def member_for(actor: Actor, member_id: int) -> Member:
    """A member as settings show him. Raises NotFound, Forbidden without the grant to see the organisation."""
    actor.demand("org.see")
    return member_facts(member_id)


def department_for(actor: Actor, department_id: int) -> Department:
    """A department's row. Raises NotFound, Forbidden."""
    actor.demand("org.see")
    row = Department.objects.filter(pk=department_id).first()
    if row is None:
        raise NotFound
    return row


def role_for(actor: Actor, role_id: int) -> Role:
    """A role's row. Raises NotFound, Forbidden."""
    actor.demand("org.manage")
    row = Role.objects.filter(pk=role_id).first()
    if row is None:
        raise NotFound
    return row


def is_set_up() -> bool:
    """Whether the first administrator is there."""
    return bool(ORGANISATION.now().people)


def company_facts() -> Company | None:
    """The company; None before the first run."""
    return Company.objects.order_by("id").first()


def holders_of_roles(actor: Actor) -> Mapping[int, int]:
    """{role id: how many active members hold it}."""
    org = organisation(actor)
    counts: dict[int, int] = {}
    for member_id, role_ids in org.roles_of.items():
        for role_id in role_ids if org.people[member_id].active else ():
            counts[role_id] = counts.get(role_id, 0) + 1
    return counts


def roles_of(member_id: int) -> list[int]:
    """Ids of the member's roles, as stored now."""
    return list(MemberRole.objects.filter(member_id=member_id).order_by("role_id").values_list("role_id", flat=True))


def further_of(member_id: int) -> list[int]:
    """Ids of the member's further departments, as stored now."""
    return list(FurtherDepartment.objects.filter(member_id=member_id).values_list("department_id", flat=True))


@dataclass(frozen=True)
class Branch:
    """A department in the drawn tree: how deep, how many active members in it and below it."""

    node: Node
    depth: int
    members: int
    place: int
    siblings: int


def tree(actor: Actor) -> list[Branch]:
    """All departments in drawing order: each followed by what is below it; closed ones last among their siblings."""
    org = organisation(actor)
    below: dict[int | None, list[Node]] = {}
    for node in org.departments.values():
        below.setdefault(node.parent_id, []).append(node)
    for nodes in below.values():
        nodes.sort(key=lambda node: (node.closed, node.order, node.id))
    drawn: list[Branch] = []

    def draw(parent: int | None, depth: int) -> None:
        nodes = below.get(parent, [])
        for place, node in enumerate(nodes):
            drawn.append(Branch(node, depth, _headcount(org, node), place, len(nodes)))
            draw(node.id, depth + 1)

    draw(None, 0)
    return drawn


def _headcount(org: Organisation, node: Node) -> int:
    inside = org.subtree(node.id)
    return sum(1 for person in org.people.values() if person.active and person.department_id in inside)


def people_of(actor: Actor, department_id: int) -> list[Person]:
    """Active members whose main or further department this is, by name."""
    org = organisation(actor)
    found = [p for p in org.people.values() if p.active and department_id in org.own_departments(p.id)]
    return sorted(found, key=lambda person: person.pinyin)


@dataclass(frozen=True)
class Asked:
    """What the list of members is asked for."""

    text: str = ""
    state: str = "active"
    department_id: int | None = None
    role_id: int | None = None
    after: int | None = None


def members_page(actor: Actor, asked: Asked, most: int = 50) -> tuple[list[Person], int | None]:
    """(members by pinyin, id to go on after or None), from memory. Text finds by name, pinyin, initials, phone."""
    org = organisation(actor)
    people = [person for person in org.people.values() if _fits(org, person, asked)]
    people.sort(key=lambda person: (person.pinyin, person.id))
    start = next((n + 1 for n, person in enumerate(people) if person.id == asked.after), 0)
    found = people[start : start + most]
    return found, found[-1].id if len(people) > start + most else None


def _fits(org: Organisation, person: Person, asked: Asked) -> bool:
    if asked.state in ("active", "left") and person.active != (asked.state == "active"):
        return False
    if asked.department_id and not org.own_departments(person.id) & org.subtree(asked.department_id):
        return False
    if asked.role_id and asked.role_id not in org.roles_of.get(person.id, ()):
        return False
    return not asked.text or matches(person, asked.text)


def matches(person: Person, text: str) -> bool:
    """Whether a member is meant by a piece of name, pinyin, initials, sign-in name, phone or e-mail."""
    query = search_text.parse_query(text)
    if query is None:
        return text.strip().casefold() in (person.email, person.sign_in)
    return search_text.matches(query, _search_key(person.name, person.phone, f"{person.sign_in} {person.email}"))


@lru_cache(maxsize=4096)
def _search_key(name: str, phone: str, others: str) -> str:
    return search_text.search_key([name], [phone] if phone else [], [], others.split())


def sessions_of(member_id: int) -> list[Session]:
    """A member's sessions that are still good, the last used first."""
    idle = timezone.now() - timedelta(days=3)
    rows = Session.objects.filter(member_id=member_id, expire_date__gt=timezone.now(), seen_at__gt=idle)
    return list(rows.order_by("-seen_at"))


def tokens_of(member_id: int) -> list[AccessToken]:
    """A member's tokens, live ones first."""
    return list(
        AccessToken.objects.filter(member_id=member_id).order_by(F("revoked_at").asc(nulls_first=True), "-id")[:50]
    )


def is_live(token: AccessToken, now: datetime) -> bool:
    """Whether a token still opens anything."""
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > now)
