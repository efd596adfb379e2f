"""`genjin doctor`: looks at an installation and says, line by line, what is well and how to mend what is not."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from genjin.kernel.environment import BadSetting, Environment, backup_folder, data_folder, uses_embedded_database
from genjin.kernel.postgres import DatabaseTrouble
from genjin.kernel.postgres.account import check_reach, choose_account
from genjin.kernel.postgres.cluster import programs
from genjin.kernel.words import _
from genjin.surfaces.cli.assets import STATIC, assets_are_current
from genjin.surfaces.cli.database import database
from genjin.surfaces.cli.migrate import server_is_new_enough
from genjin.surfaces.cli.network import answers

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 2 << 30
WORKER_SILENT_SECONDS = 60


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was seen; `mend` is empty when all is well."""

    subject: str
    seen: str
    mend: str = ""


def run(options: argparse.Namespace) -> int:
    """Print all findings; 1 when something has to be mended."""
    del options
    troubles = 0
    for finding in findings():
        mark = _("正常") if not finding.mend else _("问题")
        print(f"{mark}  {finding.subject}: {finding.seen}")
        if finding.mend:
            troubles += 1
            print(f"      → {finding.mend}")
    print(_("一切正常。") if not troubles else _("发现 %s 个问题。") % troubles)
    return 1 if troubles else 0


def findings() -> Iterator[Finding]:
    """Look at everything, what needs no database first."""
    for look in (_python, _settings, _programs, _data_folder, _disk, _clock, _static_files):
        yield look()
    try:
        with database():
            for ask in (_server, _checksums, _migrations, _worker, _backup, _archive, _totals):
                yield _carefully(ask)
    except DatabaseTrouble as trouble:
        yield Finding(_("数据库"), _("无法启动"), str(trouble))
    yield _web()


def _carefully(ask: Callable[[], Finding]) -> Finding:
    from django.db import DatabaseError  # slow
    from psycopg_pool import PoolTimeout  # slow

    try:
        return ask()
    except (DatabaseError, PoolTimeout) as error:
        mend = _("检查 DATABASE_URL 和数据库服务器是否在运行；内置数据库的日志在 %s。") % (data_folder() / "logs")
        return Finding(_("数据库"), str(error).strip().splitlines()[0], mend)


def _python() -> Finding:
    mend = "" if sys.version_info >= OLDEST_PYTHON else _("请安装 Python 3.11 或更新版本。")
    return Finding("Python", platform.python_version(), mend)


def _settings() -> Finding:
    try:
        environment = Environment.read()
    except (BadSetting, OSError) as trouble:
        return Finding(_("设置"), str(trouble), _("修改或删除该环境变量；可用的设置见 genjin --help。"))
    return Finding(_("设置"), environment.site_address)


def _programs() -> Finding:
    subject = _("数据库程序")
    if not uses_embedded_database():
        return Finding(subject, _("使用外部数据库（DATABASE_URL）"))
    try:
        check_reach(choose_account(data_folder() / "pg", create=False), programs() / "postgres")
    except DatabaseTrouble as trouble:
        return Finding(subject, _("不可用"), str(trouble))
    return Finding(subject, str(programs()))


def _data_folder() -> Finding:
    subject, folder = _("数据目录"), data_folder()
    present = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not os.access(present, os.W_OK | os.X_OK):
        mend = _("当前用户无权写入 %s：修改其权限，或用 GENJIN_DATA 指定另一个目录。") % present
        return Finding(subject, str(folder), mend)
    secret = folder / "secret-key"
    if os.name == "posix" and secret.exists() and secret.stat().st_mode & 0o077:
        return Finding(subject, _("密钥文件可被他人读取"), f"chmod 600 {secret}")
    return Finding(subject, str(folder))


def _disk() -> Finding:
    folder = data_folder()
    present = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(present).free
    mend = "" if free >= LEAST_FREE_BYTES else _("磁盘空间不足：请清理，或把数据目录移到更大的磁盘。")
    return Finding(_("剩余磁盘空间"), f"{free / (1 << 30):.1f} GB", mend)


def _clock() -> Finding:
    """A clock before this program was written is surely wrong; sign-in codes and follow-up dates need it."""
    now = datetime.now(UTC)
    mend = "" if now.year >= 2026 else _("系统时间不正确：请开启自动对时（NTP）。")
    return Finding(_("系统时间"), now.strftime("%Y-%m-%d %H:%M UTC"), mend)


def _static_files() -> Finding:
    subject = _("静态文件")
    if not (STATIC / "staticfiles.json").exists():
        return Finding(subject, _("缺失"), _("运行一次 genjin serve；若是安装包，请重新安装。"))
    if not assets_are_current():
        return Finding(subject, _("已过期"), _("重新运行 genjin serve，会自动更新。"))
    return Finding(subject, str(STATIC))


def _server() -> Finding:
    from django.db import connection  # slow

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0])
    mend = "" if server_is_new_enough() else _("需要 PostgreSQL 15 或更新版本，请升级。")
    return Finding(_("数据库"), f"PostgreSQL {version}", mend)


def _checksums() -> Finding:
    from django.db import connection  # slow

    with connection.cursor() as cursor:
        cursor.execute("SHOW data_checksums")
        state = str(cursor.fetchone()[0])
        cursor.execute("SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database")
        failures = int(cursor.fetchone()[0])
    if failures:
        mend = _("磁盘上的数据已损坏：立即停止写入，从备份恢复到另一块磁盘。")
        return Finding(_("数据校验和"), _("%s 次校验失败") % failures, mend)
    mend = "" if state == "on" else _("停止数据库后运行 pg_checksums --enable。")
    return Finding(_("数据校验和"), state, mend)


def _migrations() -> Finding:
    from django.db import connection  # slow
    from django.db.migrations.executor import MigrationExecutor  # slow

    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        return Finding(_("数据库结构"), _("缺少 %s 个更新") % missing, _("运行 genjin migrate。"))
    return Finding(_("数据库结构"), _("最新"))


def _worker() -> Finding:
    from django.db import connection  # slow

    subject, mend = _("后台任务"), _("运行 genjin serve 或 genjin worker；若已在运行，请重新启动它。")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('procrastinate_workers')")
        if cursor.fetchone()[0] is None:
            return Finding(subject, _("尚未建立"), _("运行 genjin migrate。"))
        cursor.execute("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
        silent = cursor.fetchone()[0]
    if silent is None:
        return Finding(subject, _("没有在运行"), mend)
    mend = "" if silent < WORKER_SILENT_SECONDS else mend
    return Finding(subject, _("%s 秒前有响应") % int(silent), mend)


def _backup() -> Finding:
    """When the last one succeeded that a trial restore has proved."""
    from genjin.backups.queries import installed_at  # slow
    from genjin.backups.rules import LATE_AFTER  # slow
    from genjin.backups.storage.places import kept_in  # slow

    subject, now = _("备份"), datetime.now(UTC)
    good = next((each.manifest for each in kept_in(backup_folder()) if each.verified_at and each.manifest), None)
    if good is None:
        young = now - installed_at() < LATE_AFTER
        mend = "" if young else _("运行 genjin backup；自动备份在 设置 → 业务设置 → 备份。")
        return Finding(subject, _("还没有"), mend)
    hours = int((now - good.at).total_seconds() // 3600)
    mend = "" if now - good.at < LATE_AFTER else _("运行 genjin backup，并在 设置 → 备份 查看自动备份为什么失败。")
    return Finding(subject, _("%s 小时前，已试恢复") % hours, mend)


def _archive() -> Finding:
    """Does every change reach the archive?"""
    from genjin.backups.queries import archive_facts  # slow

    subject, archive = _("连续归档"), archive_facts()
    if archive is None:
        return Finding(subject, _("未开启"))
    mend = _("检查 %s 的空间和权限：变更没有写进归档，数据目录会越来越大。") % archive.folder
    return Finding(subject, str(archive.folder), mend if archive.stuck else "")


def _totals() -> Finding:
    """Totals of follow-ups against the rows they are of."""
    from django.db import connection  # slow

    subject = _("跟进统计")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('followups_monthtotal')")
        if cursor.fetchone()[0] is None:
            return Finding(subject, _("尚未建立"), _("运行 genjin migrate。"))
        cursor.execute(
            "SELECT (SELECT count(*) FROM followups_followup WHERE life = 0), (SELECT coalesce(sum(followups), 0)"
            " FROM (SELECT followups FROM followups_monthtotal"
            " UNION ALL SELECT followups FROM followups_totaldelta) AS parts)"
        )
        rows, summed = cursor.fetchone()
    mend = "" if rows == summed else _("汇总与记录不一致：今晚会重新统计并修正；若再次出现，请查看日志。")
    return Finding(subject, _("%s 条跟进") % f"{rows:,}", mend)


def _web() -> Finding:
    port = urlsplit(os.environ.get("GENJIN_ADDRESS", "")).port or 8000
    if answers(port, "/-/ready"):
        return Finding(_("网页"), _("端口 %s 有响应") % port)
    return Finding(
        _("网页"), _("端口 %s 没有响应") % port, _("运行 genjin serve；使用其他端口时请设置 GENJIN_ADDRESS。")
    )
