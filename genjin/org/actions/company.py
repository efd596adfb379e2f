"""Writes of the company's own facts: name, time zone, logo."""

from __future__ import annotations

import secrets
from typing import Annotated

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text
from genjin.kernel.file_kinds import check_file
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.org.actions.profile import Zone
from genjin.org.changing import check_version
from genjin.org.models import Company

LOGO_KINDS = ("png", "jpeg", "webp")
LOGO_BYTES = 1 << 20
LOGO_SIDE = 4096
Name = Annotated[str, Text(key="name", label=gettext_lazy("公司名称"), most=60)]


@action(
    "company.edit",
    on=Company,
    needs="settings.manage",
    label=gettext_lazy("修改公司信息"),
    icon="building",
    listed=False,
)
def edit_company(actor: Actor, *, name: Name, time_zone: Zone) -> Company:
    """Change the company's name and the time zone that new members start with. Raises Stale."""
    company = _company()
    check_version(company)
    company.name, company.time_zone = name, time_zone
    record(actor, company)
    bump_stamp()
    return company


@action(
    "company.set_logo",
    on=Company,
    needs="settings.manage",
    label=gettext_lazy("上传标志"),
    icon="cloud-upload",
    listed=False,
)
def set_logo(actor: Actor, *, content: bytes, filename: str) -> Company:
    """Keep a picture as the logo: png, jpeg or webp by content, at most 1 MB. Raises Refused("bad_file")."""
    checked = check_file(content, filename, groups=("image",), most_bytes=LOGO_BYTES)
    reason = checked.reason
    if not reason and (checked.kind is None or checked.kind.key not in LOGO_KINDS):
        reason = _("标志请用 PNG、JPEG 或 WebP 图片")
    if not reason and checked.size and max(checked.size) > LOGO_SIDE:
        reason = _("图片太大，边长最多 %d 像素") % LOGO_SIDE
    if reason or checked.kind is None:
        raise Refused("bad_file", reason, "logo")
    stored = default_storage.save(f"logo/{secrets.token_hex(12)}.{checked.kind.key}", ContentFile(content))
    return _use_logo(actor, stored)


@action(
    "company.remove_logo",
    on=Company,
    needs="settings.manage",
    label=gettext_lazy("移除标志"),
    icon="trash",
    listed=False,
)
def remove_logo(actor: Actor) -> Company:
    """Show the product's own mark again."""
    return _use_logo(actor, "")


def _use_logo(actor: Actor, stored: str) -> Company:
    company = _company()
    old = company.logo
    company.logo = stored
    record(actor, company)
    bump_stamp()
    if old:
        transaction.on_commit(lambda: default_storage.delete(old))
    return company


def _company() -> Company:
    company = Company.objects.select_for_update().order_by("id").first()
    if company is None:
        raise NotFound
    return company
