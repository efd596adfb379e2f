"""Steps of actions that change the organisation: one at a time, within the actor's own rights, access ended at once.

Not here: the actions themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.kernel.actions import expected_version
from genjin.kernel.actor import EVERYTHING, Actor, Scope
from genjin.kernel.models.rows import Row
from genjin.kernel.recording import record
from genjin.kernel.refusal import Forbidden, Refused, Stale
from genjin.kernel.stamps import bump_stamp
from genjin.org.field_rights import knows_more, refuse_more_fields
from genjin.org.models import AccessToken, Company, Member, ResetCode, Session
from genjin.org.snapshot import Organisation, load_organisation

# (organisation, member) -> {(type, department, to write)}: what his place gives him beyond the scopes of his roles
Gains = Callable[[Organisation, int], frozenset[tuple[str, int, bool]]]
_gains: list[tuple[Gains, Gains]] = []


def register_gains(gains: Gains, allowed: Gains) -> None:
    """Let a higher area say what else members are given by department and role, and what of it somebody may let others
    have: moving people about must not give it to anybody otherwise."""
    _gains.append((gains, allowed))


@contextmanager
def changing_organisation(actor: Actor) -> Iterator[None]:
    """Around every change of departments, members and roles: serialises them, makes all caches old, keeps one
    administrator, and undoes what would give anybody more than a delegated manager holds himself (trust flaw 11)."""
    list(Company.objects.select_for_update().order_by("id")[:1])
    trusted = actor.administrator or actor.member_id is None
    before = None if trusted else load_organisation()
    yield
    if before is not None and actor.member_id is not None:
        after = load_organisation()
        _refuse_escalation(actor.member_id, before, after)
        refuse_more_fields(actor.member_id, before, after)
    if not Member.objects.filter(administrator=True, is_active=True).exists():
        raise Refused("last_administrator", _("至少要保留一名在职的管理员，请先指定另一名管理员"))
    bump_stamp()


def check_rank(actor: Actor, member: Member, *, acting_as: bool = False) -> None:
    """Raises Forbidden when the member is an administrator and the actor is not. With `acting_as` (a change of what
    he signs in with) also when he may do anything that the actor may not: who resets a password can act as him."""
    if actor.administrator or actor.member_id in (None, member.pk):
        return
    org = load_organisation()
    assert actor.member_id is not None
    higher = org.people[member.pk].administrator
    if acting_as and not higher:
        higher = _gained(org, member.pk, org.grants(actor.member_id), {}, org) is not None
        higher = higher or knows_more(org, member.pk, actor.member_id) or _given_more(org, member.pk, actor.member_id)
    if higher:
        raise Forbidden(_("「%s」的权限比您高，只有管理员可以这样修改") % member.name, "outranked")


def check_version(row: Row) -> None:
    """Raises Stale when somebody else saved the row after this editor had opened it."""
    seen = expected_version.get()
    if seen is not None and seen < row.version:
        raise Stale({}, row.version)


def end_access(actor: Actor, member: Member, *, keep_session: str = "", tokens: bool = True) -> None:
    """End the member's sessions (except one), tokens and unused reset codes, at once (ASVS 7.4.2)."""
    Session.objects.filter(member_id=member.pk).exclude(session_key=keep_session).delete()
    ResetCode.objects.filter(member_id=member.pk, used_at=None).delete()
    if tokens:
        for token in AccessToken.objects.filter(member_id=member.pk, revoked_at=None).select_for_update():
            token.revoked_at = timezone.now()
            record(actor, token)


def _refuse_escalation(actor_id: int, before: Organisation, after: Organisation) -> None:
    mine = before.grants(actor_id)
    for member_id, person in after.people.items():
        was = before.people.get(member_id)
        if person.administrator and not (was and was.administrator):
            raise Forbidden(_("只有管理员可以指定管理员"), "escalation")
        if person.administrator:
            continue
        held = before.grants(member_id) if was else {}
        if _gained(after, member_id, mine, held, before) is not None:
            message = _("这样「%s」会得到您自己没有的权限或数据范围，请联系管理员操作") % person.name
            raise Forbidden(message, "escalation")
    if not _reach(after, actor_id) <= _reach(before, actor_id) | (after.people.keys() - before.people.keys()):
        raise Forbidden(_("这样您自己会看到原来看不到的数据，请联系管理员操作"), "escalation")
    _refuse_gains(actor_id, before, after)


def _given_more(org: Organisation, member_id: int, actor_id: int) -> bool:
    """Whether a member's place gives him what the actor neither receives nor reaches."""
    return any(gains(org, member_id) - allowed(org, actor_id) for gains, allowed in _gains)


def _refuse_gains(actor_id: int, before: Organisation, after: Organisation) -> None:
    for gains, allowed in _gains:
        mine = allowed(before, actor_id)
        for member_id, person in after.people.items():
            more = gains(after, member_id) - mine - gains(before, member_id) if not person.administrator else ()
            if any(department in before.departments for _type, department, _writes in more):
                message = _("这样「%s」会得到别的部门共享的数据，而您自己没有，请联系管理员操作") % person.name
                raise Forbidden(message, "escalation")


def _gained(
    org: Organisation, member_id: int, mine: dict[str, Scope], held: dict[str, Scope], known: Organisation
) -> str | None:
    """The first grant of the member that reaches beyond what he held and what the actor holds. His own rows, and
    departments and people that are new, hold nothing yet and do not count."""
    for grant, scope in org.grants(member_id).items():
        allowed = mine.get(grant, Scope()) | held.get(grant, Scope())
        if grant not in mine and grant not in held:
            return grant
        if allowed.everything or _within(scope, allowed, member_id, known):
            continue
        return grant
    return None


def _within(scope: Scope, allowed: Scope, member_id: int, known: Organisation) -> bool:
    if scope == EVERYTHING:
        return False
    members = {m for m in scope.members if m != member_id and m in known.people}
    departments = {d for d in scope.departments if d in known.departments}
    return members <= allowed.members and departments <= allowed.departments


def _reach(org: Organisation, member_id: int) -> set[int]:
    """Whose records the member reaches by any grant: people named by scopes and people of departments in them."""
    scopes = org.grants(member_id).values()
    if any(scope.everything for scope in scopes):
        return set(org.people)
    return {p.id for p in org.people.values() if any(s.holds(p.id, p.department_id) for s in scopes)}
