"""One member and one record: can he see it, and why or why not, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.wording import in_sentence
from genjin.org.models import ScopeKind
from genjin.org.queries import organisation
from genjin.org.snapshot import Organisation, Person
from genjin.sharing.sight.who import Sighting, giving_roles


@dataclass(frozen=True)
class Verdict:
    """`sighting` when he sees it; else why not, one sentence each."""

    person: Person
    sighting: Sighting | None
    why_not: list[str]


def verdict(actor: Actor, record: Record, member_id: int, found: Iterable[Sighting]) -> Verdict | None:
    """What is to be said of a member, of all who see the record; None for nobody."""
    org = organisation(actor)
    person = org.people.get(member_id)
    if person is None:
        return None
    sighting = next((one for one in found if one.person.id == member_id), None)
    return Verdict(person, sighting, [] if sighting else why_not(org, person, record))


def why_not(org: Organisation, person: Person, record: Record) -> list[str]:
    """Why a member does not see a record."""
    declared = type_of(record)
    if not person.active:
        return [_("他已离职，不能登录")]
    roles = giving_roles(org, person.id, declared.grant("see"))
    if not roles:
        return [_("他没有任何角色允许查看%s") % in_sentence(declared.many)]
    scopes = [
        _("角色「%(role)s」只给他「%(scope)s」的%(type)s")
        % {
            "role": role.name,
            "scope": ScopeKind(role.grants[declared.grant("see")] or role.scope).label,
            "type": in_sentence(declared.many),
        }
        for role in roles
    ]
    return [*scopes, _whose(org, record, declared), _("他和他的下属都不在相关团队里，也没有共享规则给他")]


def _whose(org: Organisation, record: Record, declared: RecordType) -> str:
    owner, node = org.people.get(record.owner_id or 0), org.departments.get(record.department_id or 0)
    return _("这条%(type)s的负责人是%(owner)s，所属部门是%(department)s，不在这个范围里") % {
        "type": in_sentence(declared.label),
        "owner": _("「%s」") % owner.name if owner else _("（无）"),
        "department": _("「%s」") % node.name if node else _("（无）"),
    }
