"""Nobody gives away by a rule what he may not see or edit himself, nor gains by moving people about what only rules
give (trust flaw 11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor, Scope
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Forbidden
from genjin.org.changing import register_gains
from genjin.org.queries import organisation
from genjin.org.snapshot import Organisation
from genjin.sharing.known import Known
from genjin.sharing.queries import STANDING, company_day

Gain = tuple[str, int, bool]  # (type, department, to write)


def demand_own_sight(actor: Actor, rule: Known) -> None:
    """Raises Forbidden when the rule gives what the actor does not hold himself."""
    if actor.administrator or actor.member_id is None:
        return
    declared, departments = RECORD_TYPES[rule.record_type], rule.shared(organisation(actor))
    verbs = ("see", "edit") if rule.writes else ("see",)
    if not all(_reaches(actor.grants, declared.grant(verb), departments) for verb in verbs):
        raise Forbidden(
            _("您只能共享自己有权查看（共享编辑时还要有权编辑）的部门的数据，请联系管理员操作"), "escalation"
        )


def gains(org: Organisation, member_id: int) -> frozenset[Gain]:
    """What a member receives by the rules that are switched on."""
    return frozenset(gain for rule in _given() if rule.receives(org, member_id) for gain in _gains_of(rule, org))


def allowed(org: Organisation, member_id: int) -> frozenset[Gain]:
    """What a member may let others receive: what he receives himself, and what his own grants reach anyway."""
    grants = org.grants(member_id)
    reached = {
        gain
        for rule in _given()
        for gain in _gains_of(rule, org)
        if _reaches(grants, RECORD_TYPES[rule.record_type].grant("edit" if gain[2] else "see"), {gain[1]})
    }
    return gains(org, member_id) | reached


def _given() -> list[Known]:
    day = company_day()
    return [rule for rule in STANDING.now().rules if rule.gives(day)]


def _gains_of(rule: Known, org: Organisation) -> Iterator[Gain]:
    for department in rule.shared(org):
        yield rule.record_type, department, False
        if rule.writes:
            yield rule.record_type, department, True


def _reaches(grants: Mapping[str, Scope], grant: str, departments: AbstractSet[int]) -> bool:
    """Whether a grant is held over all of these departments."""
    scope = grants.get(grant)
    return scope is not None and (scope.everything or departments <= scope.departments)


register_gains(gains, allowed)
