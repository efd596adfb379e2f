"""First run: a one-time token from the terminal lets somebody name the company and become its first administrator."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text
from genjin.kernel.pinyin import pinyin_sort_key
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound
from genjin.kernel.stamps import bump_stamp
from genjin.org.actions.company import set_logo
from genjin.org.actions.members import Name, SignIn, normal_sign_in
from genjin.org.actions.passwords import set_password
from genjin.org.actions.sign_in import Secret
from genjin.org.grants import READY_ROLES, ready_grants, ready_scope
from genjin.org.models import Company, Department, Member, Role, SetupToken

CompanyName = Annotated[str, Text(key="company", label=gettext_lazy("公司名称"), most=60)]
Token = Annotated[str, Text(key="token", label=gettext_lazy("首次设置令牌"))]


def issue_setup_token() -> str | None:
    """A fresh token for the first-run page (earlier ones die); None when somebody has been set up already."""
    if Member.objects.exists():
        return None
    token = secrets.token_urlsafe(24)
    SetupToken.objects.all().delete()
    SetupToken.objects.create(token_hash=_hash(token))
    return token


@action("org.set_up", on=None, needs="org.set_up", label=gettext_lazy("首次设置"), icon="building", listed=False)
def run_setup(
    actor: Actor,
    *,
    token: Token,
    company: CompanyName,
    name: Name,
    sign_in: SignIn,
    password: Secret,
    logo: tuple[bytes, str] | None = None,
) -> Member:
    """Create company (with a logo: content and file name), root department, ready-made roles and the first
    administrator. Raises NotFound for a token that is wrong or used, or when there are members; Refused for a weak
    password or a bad picture."""
    kept = SetupToken.objects.select_for_update().filter(token_hash=_hash(token), used_at=None).first()
    if kept is None or Member.objects.exists():
        raise NotFound
    kept.used_at = timezone.now()
    kept.save(update_fields=["used_at"])
    record(actor, Company(name=company))
    if logo is not None:
        set_logo(actor, content=logo[0], filename=logo[1])
    root = make_root(actor, company)
    make_ready_roles(actor)
    member = Member(name=name, sign_in=normal_sign_in(sign_in), department=root, administrator=True)
    member.pinyin = pinyin_sort_key(name)
    set_password(member, password)
    record(actor, member)
    bump_stamp()
    return member


def setup_is_open(token: str) -> bool:
    """Whether the first-run page exists for this token."""
    return not Member.objects.exists() and SetupToken.objects.filter(token_hash=_hash(token), used_at=None).exists()


def make_root(actor: Actor, name: str) -> Department:
    """The root of the tree; a step of setting up."""
    root = Department(name=name[:60])
    record(actor, root)
    root.path = f"/{root.pk}/"
    Department.objects.filter(pk=root.pk).update(path=root.path)
    return root


def make_ready_roles(actor: Actor) -> list[Role]:
    """The ready-made roles with what the areas added to them; a step of setting up."""
    made = []
    for ready in READY_ROLES:
        grants = {grant: ready_scope(grant) for grant in ready_grants(ready.key)}
        role = Role(name=ready.name, key=ready.key, note=ready.note, scope=ready.scope, grants=grants)
        record(actor, role)
        made.append(role)
    return made


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
