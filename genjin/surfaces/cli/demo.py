"""`genjin demo`: the demo company in an empty database."""

from __future__ import annotations

import argparse
import sys

from genjin.kernel.environment import data_folder
from genjin.kernel.words import _
from genjin.surfaces.cli.database import database
from genjin.surfaces.cli.migrate import migrate
from genjin.surfaces.cli.state import State, migrations_fingerprint

SignIns = list[tuple[str, str, str, str]]


def run(options: argparse.Namespace) -> int:
    """Seed and print the sign-ins; refuses when there are members."""
    del options
    with database():
        migrate()
        if not is_empty():
            print(_("数据库里已有成员，演示公司只能建立在空数据库中。"), file=sys.stderr)
            return 1
        state = State(migrations=migrations_fingerprint(), set_up=True, sign_ins=seed())
        state.write(data_folder())
    print_sign_ins(state.sign_ins)
    return 0


def is_empty() -> bool:
    """Has nobody set this installation up yet?"""
    from django.contrib.auth import get_user_model  # slow

    return not get_user_model()._default_manager.exists()


def seed() -> SignIns:
    """Make the demo company through the actions; (name, sign-in, password, role) of those to try."""
    from genjin.demo import seed_demo  # slow

    print(_("正在建立演示公司，约需几分钟……"), file=sys.stderr, flush=True)
    return [(name, sign_in, password, role) for name, sign_in, password, role in seed_demo()]


def print_sign_ins(sign_ins: SignIns) -> None:
    """The table for the terminal. Chinese characters take two columns there."""
    if not sign_ins:
        return
    print(_("演示账号（姓名、登录名、密码、角色）："))
    widths = [max(_columns(row[column]) for row in sign_ins) for column in range(4)]
    for row in sign_ins:
        cells = (text + " " * (width - _columns(text)) for text, width in zip(row, widths, strict=True))
        print("  " + "  ".join(cells).rstrip())


def _columns(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
