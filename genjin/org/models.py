"""Tables of the organisation (B5): company, departments, members, roles and what sign-in needs."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from genjin.kernel.models.rows import Row


class Company(Row):
    """The one company of this installation."""

    name = models.CharField(max_length=100)
    logo = models.CharField(max_length=80, default="")
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")

    row_type = "company"


class Department(Row):
    """A node of the org tree (S2-26). `path` holds the ids from the root, '/1/5/9/', kept by the actions."""

    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=400, db_index=True, default="")
    order = models.IntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    row_type = "department"
    unrecorded = Row.unrecorded | {"path"}
    parent_id: int | None


class MemberManager(BaseUserManager["Member"]):
    """Look-up by what people sign in with."""

    def get_by_natural_key(self, username: str | None) -> Member:
        """The member with this sign-in name."""
        return self.get(sign_in=username)


class Member(AbstractBaseUser, Row):
    """Somebody of the company. Signs in with sign-in name, phone or e-mail."""

    name = models.CharField(max_length=40)
    pinyin = models.CharField(max_length=200, default="")
    sign_in = models.CharField(max_length=60, unique=True)
    phone = models.CharField(max_length=40, default="")
    email = models.CharField(max_length=200, default="")
    title = models.CharField(max_length=60, default="")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="members")
    superior = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="subordinates")
    administrator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=10, default="zh-hans")
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    preferences = models.JSONField(default=dict)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(default=timezone.now)

    objects = MemberManager()
    USERNAME_FIELD = "sign_in"
    row_type = "member"
    unrecorded = Row.unrecorded | {"last_login", "pinyin"}
    department_id: int | None
    superior_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["phone"], condition=~models.Q(phone=""), name="member_phone_once"),
            models.UniqueConstraint(fields=["email"], condition=~models.Q(email=""), name="member_email_once"),
        ]


class FurtherDepartment(models.Model):
    """A member also belongs to this department."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="further")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")

    member_id: int
    department_id: int

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "department"], name="further_department_once")]


class ScopeKind(models.TextChoices):
    """The six data scopes (B5)."""

    SELF = "self", _("本人")
    SELF_SUB = "self_sub", _("本人及下属")
    DEPT = "dept", _("本部门")
    DEPT_SUB = "dept_sub", _("本部门及下属部门")
    DEPT_CUSTOM = "dept_custom", _("指定部门")
    ALL = "all", _("全部")


class Role(Row):
    """A named set of grants, each with its scope. `fields`: {"customer.phone": "masked"}, what it allows less than
    usual. `key` marks the ready-made ones."""

    name = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=40, default="")
    note = models.CharField(max_length=200, default="")
    scope = models.CharField(max_length=12, choices=ScopeKind.choices, default=ScopeKind.SELF)
    departments = models.JSONField(default=list)
    grants = models.JSONField(default=dict)
    fields = models.JSONField(default=dict)

    row_type = "role"


class KnownGrant(models.Model):
    """A grant that this installation has met: the ready-made roles learn a new version's grants once, never again."""

    key = models.CharField(max_length=80, primary_key=True)


class OfferedGrant(models.Model):
    """A new version's grant for a role whose rights the company shaped itself: whoever manages roles decides."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="+")
    grant = models.CharField(max_length=80)
    ready = models.CharField(max_length=40)

    role_id: int

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "grant"], name="offered_grant_once")]


class MemberRole(models.Model):
    """A member holds a role; several roles unite."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="member_roles")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")

    member_id: int
    role_id: int

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "role"], name="member_role_once")]


class SessionManager(BaseSessionManager["Session"]):
    """Django's session manager for our table."""

    use_in_migrations = True


class Session(AbstractBaseSession):
    """A signed-in browser: whose, since when, from where. Listed and ended on the profile page."""

    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="sessions")
    address = models.CharField(max_length=64, default="")
    agent = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = SessionManager()  # type: ignore[misc]  # Django's own stubs call it a class variable
    member_id: int | None

    @classmethod
    def get_session_store_class(cls) -> Any:
        """The store that reads and writes this table."""
        from genjin.org.sessions import SessionStore  # noqa: PLC0415 (the engine imports this module)

        return SessionStore


class AccessToken(Row):
    """A personal token for programs; stored hashed, with narrower grants and an end."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    read_only = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    row_type = "access_token"
    unrecorded = Row.unrecorded | {"used_at"}
    member_id: int


class ResetCode(models.Model):
    """A one-time code to set a password: from an administrator, by e-mail, or a new member's first. One use."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    member_id: int
    code_hash = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class SetupToken(models.Model):
    """The token of the first-run page; dead once used."""

    token_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)


class Attempt(models.Model):
    """Failed sign-ins, counted per account-and-address and per address (ASVS 6.3.1): nobody can lock out another."""

    key = models.CharField(max_length=100, primary_key=True)
    count = models.IntegerField(default=0)
    window_start = models.DateTimeField(default=timezone.now)
