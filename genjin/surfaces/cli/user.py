"""`genjin user`: who may sign in, a further administrator, a way back in for somebody who has lost the password.

Whoever reaches this machine's terminal as its owner may do all this; it goes through the same actions as the pages.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from genjin.kernel.words import _
from genjin.surfaces.cli.database import database

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor


def run(options: argparse.Namespace) -> int:
    """Do the verb; 1 when it is refused, with the reason."""
    with database():
        from genjin.kernel.refusal import Refused  # slow: needs Django

        try:
            VERBS[options.verb](options)
        except Refused as refusal:
            print(f"genjin: {refusal.message}", file=sys.stderr)
            return 1
    return 0


def _list(options: argparse.Namespace) -> None:
    """One line for each member: sign-in name, name, phone, e-mail, what he is."""
    from genjin.org.models import Member  # slow: needs Django

    del options
    for member in Member.objects.order_by("-is_active", "sign_in"):
        marks = [_("管理员")] * member.administrator + [_("已停用")] * (not member.is_active)
        print("\t".join([member.sign_in, member.name, member.phone, member.email, "、".join(marks)]).rstrip())


def _administrator(options: argparse.Namespace) -> None:
    from django.db import transaction  # slow: needs Django

    from genjin.kernel.refusal import Refused  # slow: needs Django
    from genjin.org.actions.members import create_member, set_administrator  # slow: needs Django
    from genjin.org.actions.passwords import issue_reset_code  # slow: needs Django
    from genjin.org.models import Department  # slow: needs Django

    root = Department.objects.filter(parent=None).order_by("id").first()
    if root is None:
        raise Refused("not_set_up", _("还没有建立公司：请运行 genjin serve 并打开它显示的一次性地址。"))
    actor = _owner()
    with transaction.atomic():
        sign_in = options.phone or options.email or options.name
        facts = {"name": options.name, "sign_in": sign_in, "phone": options.phone, "email": options.email}
        outcome = create_member.run(actor, None, {**facts, "department": root.pk})
        assert outcome.row_id is not None
        set_administrator(actor, outcome.row_id, administrator=True)
        code = issue_reset_code(actor, outcome.row_id)
    _tell_code(sign_in, code)


def _reset(options: argparse.Namespace) -> None:
    from genjin.kernel.people import directory  # slow: needs Django
    from genjin.kernel.refusal import Refused  # slow: needs Django
    from genjin.org.actions.passwords import issue_reset_code  # slow: needs Django

    actor = _owner()
    member_id = directory().find_member(options.sign_in, actor)
    if member_id is None:
        raise Refused(
            "not_found", _("没有找到唯一的在职成员「%s」；genjin user list 可列出全部成员。") % options.sign_in
        )
    _tell_code(options.sign_in, issue_reset_code(actor, member_id))


def _owner() -> Actor:
    from genjin.kernel.actor import Surface, system  # slow: needs Django
    from genjin.kernel.stamps import current_stamp  # slow: needs Django

    return replace(system("org.manage", surface=Surface.CLI), administrator=True, stamp=current_stamp())


def _tell_code(sign_in: str, code: str) -> None:
    from django.conf import settings  # slow: needs Django

    print(_("登录名：%s") % sign_in)
    print(_("一次性重设码：%s") % code)
    print(_("请打开 %s 用它设置密码。") % f"{settings.SITE_ADDRESS}/reset")


VERBS = {"list": _list, "administrator": _administrator, "reset": _reset}
