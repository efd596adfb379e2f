"""Writes of members: joining, facts, place in the organisation, roles, leaving. Passwords: `passwords`."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import DepartmentRef, Email, Person, Phone, Text, YesNo
from genjin.kernel.pinyin import pinyin_sort_key
from genjin.kernel.recording import record
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.org.changing import changing_organisation, check_rank, check_version, end_access
from genjin.org.fields import Departments, Roles
from genjin.org.models import Company, Department, FurtherDepartment, Member, MemberRole, ResetCode

Name = Annotated[str, Text(key="name", label=gettext_lazy("姓名"), most=40)]
SignIn = Annotated[
    str, Text(key="sign_in", label=gettext_lazy("登录名"), most=60, help=gettext_lazy("也可以用手机号或邮箱登录"))
]
MemberPhone = Annotated[str, Phone(key="phone", label=gettext_lazy("手机号"))]
MemberEmail = Annotated[str, Email(key="email", label=gettext_lazy("邮箱"))]
Title = Annotated[str, Text(key="title", label=gettext_lazy("职务"), most=60)]
Main = Annotated[
    int,
    DepartmentRef(
        key="department", label=gettext_lazy("主部门"), help=gettext_lazy("他负责的客户都归这个部门，调动时一起跟过去")
    ),
]
Further = Annotated[
    list[int],
    Departments(key="further", label=gettext_lazy("其他部门"), help=gettext_lazy("「本部门」范围也包括这些部门")),
]
Superior = Annotated[
    int | None,
    Person(key="superior", label=gettext_lazy("直属上级"), help=gettext_lazy("「本人及下属」范围按这条汇报线计算")),
]
RoleIds = Annotated[
    list[int], Roles(key="roles", label=gettext_lazy("角色"), help=gettext_lazy("可选多个，权限合并计算"))
]


@action("members.create", on=Member, needs="org.manage", label=gettext_lazy("添加成员"), icon="user-plus")
def create_member(
    actor: Actor,
    *,
    name: Name,
    sign_in: SignIn,
    department: Main,
    phone: MemberPhone = "",
    email: MemberEmail = "",
    title: Title = "",
    further: Further = [],  # noqa: B006 - read only
    superior: Superior = None,
    roles: RoleIds = [],  # noqa: B006 - read only
) -> Member:
    """A new member, who cannot sign in before a reset code gave him a password (ASVS 6.4.1). Raises Refused."""
    with changing_organisation(actor):
        member = Member(name=name, title=title, time_zone=_company_zone())
        member.set_unusable_password()
        set_sign_in(member, sign_in, phone, email)
        member.pinyin = pinyin_sort_key(name)
        _set_place(member, department, superior)
        record(actor, member, roles=roles, further=further)
        _set_further(member, further)
        _set_roles(member, roles)
    return member


@action("members.edit", on=Member, needs="org.manage", label=gettext_lazy("编辑资料"), icon="pencil")
def edit_member(
    actor: Actor,
    member_id: int,
    *,
    name: Name,
    sign_in: SignIn,
    phone: MemberPhone = "",
    email: MemberEmail = "",
    title: Title = "",
) -> Member:
    """Change name and what he signs in with. Raises Forbidden for somebody who may do more than the actor, Stale."""
    with changing_organisation(actor):
        member = member_row(member_id)
        check_rank(actor, member)
        check_version(member)
        was = (member.sign_in, member.phone, member.email)
        member.name, member.title, member.pinyin = name, title, pinyin_sort_key(name)
        set_sign_in(member, sign_in, phone, email)
        if was != (member.sign_in, member.phone, member.email):
            check_rank(actor, member, acting_as=True)
            end_codes(member)
        record(actor, member)
    return member


@action("members.place", on=Member, needs="org.manage", label=gettext_lazy("调动"), icon="git-merge")
def place_member(
    actor: Actor,
    member_id: int,
    *,
    department: Main,
    further: Further = [],  # noqa: B006 - read only
    superior: Superior = None,
) -> Member:
    """Move a member in the organisation; his records follow his main department (B5). Raises Refused("ring")."""
    with changing_organisation(actor):
        member = member_row(member_id)
        check_rank(actor, member)
        check_version(member)
        _set_place(member, department, superior)
        before = sorted(FurtherDepartment.objects.filter(member_id=member_id).values_list("department_id", flat=True))
        _set_further(member, further)
        note = {"further": [before, sorted(further)]} if before != sorted(further) else {}
        record(actor, member, **note)
    return member


@action("members.assign_roles", on=Member, needs="org.manage", label=gettext_lazy("设置角色"), icon="shield")
def assign_roles(actor: Actor, member_id: int, *, roles: RoleIds = []) -> Member:  # noqa: B006 - read only
    """Give a member exactly these roles. Raises Forbidden for rights that the actor does not hold himself."""
    with changing_organisation(actor):
        member = member_row(member_id)
        check_rank(actor, member)
        before = sorted(MemberRole.objects.filter(member_id=member_id).values_list("role_id", flat=True))
        _set_roles(member, roles)
        record(actor, member, roles=[before, sorted(roles)])
    return member


@action(
    "members.set_administrator",
    on=Member,
    needs="org.manage",
    label=gettext_lazy("管理员身份"),
    icon="shield",
    danger=True,
)
def set_administrator(
    actor: Actor,
    member_id: int,
    *,
    administrator: Annotated[bool, YesNo(key="administrator", label=gettext_lazy("是管理员"))],
) -> Member:
    """Make a member an administrator or no longer one. Only administrators may; the last one stays."""
    if not actor.administrator:
        raise Forbidden(_("只有管理员可以指定管理员"), "escalation")
    with changing_organisation(actor):
        member = member_row(member_id)
        if administrator and not member.is_active:
            raise Refused("left", _("已离职的成员不能成为管理员"), "administrator")
        member.administrator = administrator
        record(actor, member)
    return member


@action(
    "members.deactivate",
    on=Member,
    needs="org.manage",
    label=gettext_lazy("停用（离职）"),
    icon="user-x",
    danger=True,
    confirm=gettext_lazy("立即退出他的所有登录，令牌和重设码作废；他的客户保留在他名下，等待交接。"),
)
def deactivate_member(actor: Actor, member_id: int) -> Member:
    """The member leaves: sessions, tokens and codes end at once (ASVS 7.4.2). Raises Refused("self", "left")."""
    if member_id == actor.member_id:
        raise Refused("self", _("不能停用自己，请让另一名管理员操作"))
    with changing_organisation(actor):
        member = member_row(member_id)
        check_rank(actor, member)
        if not member.is_active:
            raise Refused("left", _("该成员已经停用"))
        _end(actor, member)
    return member


@action("members.reactivate", on=Member, needs="org.manage", label=gettext_lazy("恢复在职"), icon="arrow-back-up")
def reactivate_member(actor: Actor, member_id: int) -> Member:
    """The member comes back with his roles; he needs a reset code or his old password. Raises Refused("active")."""
    with changing_organisation(actor):
        member = member_row(member_id)
        check_rank(actor, member)
        if member.is_active:
            raise Refused("active", _("该成员在职"))
        member.is_active, member.left_at = True, None
        record(actor, member)
    return member


def leave(actor: Actor, member: Member) -> None:
    """A (locked) member leaves, as a step of an action of whoever may hand over what was his: signed out everywhere at
    once. Raises Forbidden for an administrator whom somebody else sends away, Refused("last_administrator")."""
    with changing_organisation(actor):
        check_rank(actor, member)
        _end(actor, member)


def _end(actor: Actor, member: Member) -> None:
    member.is_active, member.left_at = False, timezone.now()
    record(actor, member)
    end_access(actor, member)


def member_row(member_id: int) -> Member:
    """The member, locked. Raises NotFound."""
    member = Member.objects.select_for_update().filter(pk=member_id).first()
    if member is None:
        raise NotFound
    return member


def end_codes(member: Member) -> None:
    """Codes sent to an earlier address or name end with it (flaw 12)."""
    ResetCode.objects.filter(member_id=member.pk, used_at=None).delete()


def normal_sign_in(text: str) -> str:
    """How sign-in names are kept and compared."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _company_zone() -> str:
    company = Company.objects.order_by("id").first()
    return company.time_zone if company else "Asia/Shanghai"


def set_sign_in(member: Member, sign_in: str, phone: str, email: str) -> None:
    member.sign_in, member.phone, member.email = normal_sign_in(sign_in), phone, email.casefold()
    names = {"sign_in": _("登录名"), "phone": _("手机号"), "email": _("邮箱")}
    for field, label in names.items():
        value = getattr(member, field)
        taken = Q(sign_in=value) | Q(phone=value) | Q(email=value)
        if value and Member.objects.filter(taken).exclude(pk=member.pk).exists():
            raise Refused(
                "taken", _("%(what)s「%(value)s」已被另一名成员使用") % {"what": label, "value": value}, field
            )


def _set_place(member: Member, department_id: int, superior_id: int | None) -> None:
    if Department.objects.filter(pk=department_id).exclude(closed_at=None).exists():
        raise Refused("closed", _("这个部门已停用，请另选一个"), "department")
    member.department_id, member.superior_id = department_id, superior_id
    above = superior_id
    while above is not None:
        if above == member.pk:
            raise Refused("ring", _("不能把自己或自己的下属设为上级"), "superior")
        above = Member.objects.values_list("superior_id", flat=True).get(pk=above)


def _set_further(member: Member, department_ids: list[int]) -> None:
    wanted = set(department_ids) - {member.department_id}
    there = FurtherDepartment.objects.filter(member_id=member.pk)
    there.exclude(department_id__in=wanted).delete()
    missing = wanted - set(there.values_list("department_id", flat=True))
    FurtherDepartment.objects.bulk_create(
        FurtherDepartment(member_id=member.pk, department_id=department_id) for department_id in sorted(missing)
    )


def _set_roles(member: Member, role_ids: list[int]) -> None:
    there = MemberRole.objects.filter(member_id=member.pk)
    there.exclude(role_id__in=role_ids).delete()
    missing = set(role_ids) - set(there.values_list("role_id", flat=True))
    MemberRole.objects.bulk_create(MemberRole(member_id=member.pk, role_id=role_id) for role_id in sorted(missing))
