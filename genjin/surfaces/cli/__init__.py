"""The command line: `genjin serve | worker | migrate | demo | doctor | user | import | export | duplicates |
recycle | handover`.

Only the arguments are read here; each command is a module beside this one and is imported when it is called, because
Django takes seconds to load and `serve` does without it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from genjin.kernel.environment import SETTINGS, BadSetting
from genjin.kernel.postgres import DatabaseTrouble
from genjin.kernel.words import _

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. What went wrong is told in one sentence on standard error."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genjin.settings")
    command = import_module(f"genjin.surfaces.cli.{options.module}")
    try:
        code: int = command.run(options)
    except (DatabaseTrouble, BadSetting) as trouble:
        print(f"genjin: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    settings = "\n".join(f"  {name:<18} {meaning}" for name, meaning in SETTINGS.items())
    parser = argparse.ArgumentParser(
        prog="genjin",
        description=_("Genjin 跟进：客户关系管理系统"),
        epilog=_("环境变量：") + "\n" + settings,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title=_("命令"), required=True, metavar="COMMAND")
    _add_serve(commands)
    _add(commands, "worker", "worker", _("只运行后台任务（serve 已包含一个）"))
    _add(commands, "migrate", "migrate", _("更新数据库结构"))
    upgrade = _add(commands, "upgrade", "upgrade", _("升级数据库：先备份，再更新结构，然后检查；中断后可接着做"))
    upgrade.add_argument("--status", action="store_true", help=_("显示升级进行到哪一步"))
    _add_backup(commands)
    _add_restore(commands)
    _add(commands, "demo", "demo", _("在空数据库中建立演示公司"))
    _add(commands, "doctor", "doctor", _("检查安装是否正常，并说明如何修复"))
    _add_user(commands)
    _add_import(commands)
    _add_export(commands)
    _add_duplicates(commands)
    _add_recycle(commands)
    _add_handover(commands)
    return parser


def _add(commands: Commands, name: str, module: str, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(module=module)
    return parser


def _add_serve(commands: Commands) -> None:
    parser = _add(commands, "serve", "serve", _("启动数据库、网页和后台任务"))
    parser.add_argument("--port", type=int, default=8000, help=_("端口（默认 8000）"))
    parser.add_argument("--listen", action="store_true", help=_("允许局域网访问，并显示手机可扫的二维码"))
    parser.add_argument("--demo", action="store_true", help=_("数据库为空时建立演示公司"))


def _add_export(commands: Commands) -> None:
    parser = _add(commands, "export", "take", _("导出列表到文件（.xlsx、.csv、.vcf）"))
    parser.add_argument("plural", metavar="LIST", help=_("列表，例如 customers"))
    parser.add_argument("--out", required=True, metavar="FILE", help=_("写到哪个文件；格式看结尾"))
    who = _("以哪位成员的身份导出（姓名、手机或邮箱）")
    parser.add_argument("--as", dest="sign_in", required=True, metavar="SIGN_IN", help=who)
    which = _("筛选、搜索与排序，可多次：level.in=A、q=张、sort=-id")
    parser.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help=which)
    parser.add_argument("--columns", default="", metavar="KEYS", help=_("列，用逗号分开；* 为可查看的全部列"))
    parser.add_argument("--reason", default="", help=_("导出原因"))


def _add_duplicates(commands: Commands) -> None:
    parser = _add(commands, "duplicates", "duplicates", _("全库查重：开始、看进度、列出疑似重复的组"))
    verbs = parser.add_subparsers(title=_("操作"), required=True, metavar="VERB", dest="verb")
    for name, text in (("begin", _("开始一次全库查重")), ("state", _("查到哪里了")), ("groups", _("列出疑似重复的组"))):
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("plural", metavar="LIST", nargs="?", default="customers", help=_("列表，例如 customers"))
        who = _("以哪位成员的身份（姓名、手机或邮箱）")
        verb.add_argument("--as", dest="sign_in", required=True, metavar="SIGN_IN", help=who)
        if name == "groups":
            verb.add_argument("--after", default="", metavar="PLACE", help=_("从哪里继续"))
            verb.add_argument("--size", type=int, default=20, metavar="N", help=_("每页多少组"))


def _add_backup(commands: Commands) -> None:
    parser = _add(commands, "backup", "backup", _("备份数据库和附件，并试恢复比对"))
    parser.add_argument(
        "--to", metavar="FOLDER", help=_("备份到这个目录（默认 GENJIN_BACKUPS，或数据目录里的 backups）")
    )
    parser.add_argument("--no-verify", action="store_true", help=_("不试恢复"))
    verbs = parser.add_subparsers(title=_("操作"), metavar="VERB", dest="verb")
    verbs.add_parser("list", help=_("列出保留的备份"))
    verify = verbs.add_parser("verify", help=_("核对一个备份：检查每个字节，试恢复并逐表比对"))
    verify.add_argument("path", help=_("备份目录"))


def _add_restore(commands: Commands) -> None:
    parser = _add(commands, "restore", "restore", _("把备份恢复到空的数据目录"))
    parser.add_argument("path", help=_("备份目录；用 --until 时是归档目录"))
    parser.add_argument("--key", metavar="FILE", help=_("原来的 secret-key 文件"))
    parser.add_argument("--new-key", action="store_true", help=_("没有原来的密钥，使用新密钥"))
    parser.add_argument("--until", metavar="TIME", help=_("恢复到这一刻，例如 2026-11-22 10:00，或 latest"))


def _add_import(commands: Commands) -> None:
    parser = _add(commands, "import", "bring", _("导入表格或通讯录；查看、撤销一次导入"))
    parser.add_argument("file", nargs="?", default="", help=_("文件路径（.xlsx .xls .csv .vcf）"))
    parser.add_argument("--as", dest="sign_in", metavar="SIGN_IN", help=_("以哪位成员的身份导入（姓名、手机或邮箱）"))
    parser.add_argument("--kind", default="customers", metavar="KIND",
                        help=_("表格里是什么：customers（默认，可带联系人和跟进）、contacts、followups、plans、leads、"
                               "opportunities"))  # fmt: skip
    parser.add_argument("--sheet", default="", help=_("工作表的名称（默认内容最多的一张）"))
    parser.add_argument("--map", dest="mapping", metavar="HEADING=FIELD", action="append", default=[],
                        help=_("某一列导入为哪个字段，如 级别=customer.level；等号后为空则不导入；可多次"))  # fmt: skip
    parser.add_argument("--duplicates", default="skip", choices=("skip", "fill", "overwrite", "create", "attach"),
                        help=_("与已有客户重复的行：跳过、只补空白、覆盖、仍新建、只加联系人和跟进"))  # fmt: skip
    parser.add_argument("--reason", default="", metavar="TEXT", help=_("重复的行仍新建时，写明理由"))
    parser.add_argument("--pool", default="", metavar="NAME", help=_("没写负责人的客户或线索放入这个公海（名称）"))
    parser.add_argument("--given", metavar="FIELD=TEXT", action="append", default=[],
                        help=_("表格里没有写时填什么，如 opportunity.reason=price；可多次"))  # fmt: skip
    parser.add_argument("--accept", action="store_true", help=_("列里认不出的值都按建议处理"))
    parser.add_argument("--check-only", action="store_true", help=_("只校验，不写入"))
    parser.add_argument("--yes", action="store_true", help=_("不再询问"))
    parser.add_argument("--status", metavar="ID", nargs="?", const=0, type=int,
                        help=_("查看一次导入（不写编号则列出最近的）"))  # fmt: skip
    parser.add_argument("--undo", metavar="ID", type=int, help=_("撤销一次导入"))


def _add_recycle(commands: Commands) -> None:
    parser = _add(commands, "recycle", "recycle", _("试算会掉入公海的记录；加 --run 立刻处理已到期的"))
    parser.add_argument("--pool", default="", metavar="NAME", help=_("只看这个公海（名称）"))
    parser.add_argument("--day", default="", metavar="DATE", help=_("试算到哪一夜为止，如 2026-12-01（默认下一夜）"))
    parser.add_argument("--most", type=int, default=50, metavar="N", help=_("每个公海最多列出几条（默认 50）"))
    parser.add_argument("--run", action="store_true", help=_("不等夜里，现在就处理所有公海里已到期的"))


def _add_handover(commands: Commands) -> None:
    parser = _add(commands, "handover", "hand_over", _("办理离职或转岗交接：先试算，加 --run 才移交"))
    parser.add_argument("leaver", nargs="?", default="", metavar="MEMBER", help=_("谁的（姓名、手机或邮箱）"))
    parser.add_argument("--to", default="", metavar="MEMBERS", help=_("交给谁，几个人用逗号分开，平均分配"))
    parser.add_argument("--pool", default="", metavar="NAME", help=_("客户放入这个公海（名称），其余交给 --to"))
    parser.add_argument("--kind", default="resignation", choices=("resignation", "move"),
                        help=_("resignation：离职，登录立刻失效；move：转岗（默认 resignation）"))  # fmt: skip
    parser.add_argument("--reason", default="", help=_("原因"))
    parser.add_argument("--as", dest="sign_in", metavar="SIGN_IN", help=_("以哪位成员的身份办理（默认第一位管理员）"))
    parser.add_argument("--run", action="store_true", help=_("现在移交"))
    parser.add_argument("--force", action="store_true", help=_("超出接收人的容量也移交（仅管理员）"))
    parser.add_argument("--status", metavar="ID", nargs="?", const=0, type=int,
                        help=_("查看一次交接（不写编号则列出最近的）"))  # fmt: skip
    parser.add_argument("--resume", metavar="ID", type=int, help=_("继续一次中断的交接"))
    parser.add_argument("--undo", metavar="ID", type=int, help=_("撤销一次交接，之后改动过的保持不变"))


def _add_user(commands: Commands) -> None:
    parser = _add(commands, "user", "user", _("管理登录账号：列出、建立管理员、重置密码"))
    verbs = parser.add_subparsers(title=_("操作"), required=True, metavar="VERB", dest="verb")
    verbs.add_parser("list", help=_("列出成员"))
    administrator = verbs.add_parser("administrator", help=_("建立一位管理员"))
    administrator.add_argument("name", help=_("姓名"))
    administrator.add_argument("--phone", default="", help=_("手机"))
    administrator.add_argument("--email", default="", help=_("邮箱"))
    reset = verbs.add_parser("reset", help=_("生成一次性密码重置码"))
    reset.add_argument("sign_in", help=_("姓名、手机或邮箱"))
