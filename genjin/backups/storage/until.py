"""Back to a moment: a base copy of the archive, brought forward change by change until then."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from genjin.backups.storage.archive import Base, base_for
from genjin.backups.storage.attachments import Parts, faults_of
from genjin.backups.storage.contents import one
from genjin.backups.storage.disk import sha256_of
from genjin.backups.storage.ledger import first_broken
from genjin.backups.storage.manifest import FILES
from genjin.backups.storage.restoring import Key, check_version, chosen_key, copy_files, empty_place, put_in_place
from genjin.backups.storage.source import Source
from genjin.backups.storage.trouble import BackupTrouble, Broken, disk_troubles
from genjin.kernel import postgres
from genjin.kernel.environment import company_zone, data_folder, uses_embedded_database
from genjin.kernel.postgres import DatabaseTrouble
from genjin.kernel.postgres.account import Account, choose_account
from genjin.kernel.postgres.archiving import restore_command
from genjin.kernel.postgres.tuning import quoted
from genjin.kernel.words import _

LATEST = "latest"
_HOURS = 12 * 3600.0
_NOT_REACHED = "recovery ended before configured recovery target was reached"
_LAST = re.compile(r"last completed transaction was at log time ([\d\-: .+]+)")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Reached:
    """The moment of the last change that came back, in how many seconds, and what is wrong with stored files."""

    at: datetime | None
    seconds: float
    faults: list[str]


def read_moment(text: str) -> datetime | None:
    """`2026-11-22 10:00` in the company's time zone, or with a zone of its own; None for `latest`. Raises
    BackupTrouble."""
    if text.strip() == LATEST:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BackupTrouble(_("时间应写成 2026-11-22 10:00，或 latest（能恢复到的最后一刻）。")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=company_zone())


def restore_until(archive: Path, until: datetime | None, *, key: Key, tell: Tell) -> Reached:
    """Restore an archive into the empty data folder as it was at that moment. Raises BackupTrouble."""
    if not uses_embedded_database():
        raise BackupTrouble(_("按时间点恢复只适用于内置数据库；外部数据库请用它自己的工具。"))
    began = time.monotonic()
    data = data_folder()
    with disk_troubles(data), empty_place(data):
        base = base_for(archive, until)
        check_version(base.version, base.migrations)
        secret = chosen_key(data, base.key, key)
        tell(_("核对并解开基础备份 %s……") % base.path.name)
        draft = data / ".restoring"
        _unpack(base, draft / "pg")
        tell(_("恢复附件……"))
        copy_files(archive / FILES, draft / FILES)
        tell(_("逐条重放变更……"))
        at, faults = _bring_forward(archive, draft, until)
        put_in_place(draft, data, secret)
    return Reached(at, time.monotonic() - began, faults)


def _extract(packed: tarfile.TarFile, target: Path) -> None:
    """Files and folders inside the target, nothing else. Raises TarError."""
    if hasattr(tarfile, "data_filter"):
        packed.extractall(target, filter="data")
        return
    for member in packed:  # Python 3.11 before 3.11.4
        place = (target / member.name).resolve()
        if not place.is_relative_to(target.resolve()) or not (member.isfile() or member.isdir()):
            raise tarfile.ExtractError(member.name)
        packed.extract(member, target)


def _unpack(base: Base, cluster: Path) -> None:
    """Raises Broken for a copy of which a byte has changed."""
    cluster.mkdir(mode=0o700)
    try:
        for name, target in (("base.tar.gz", cluster), ("pg_wal.tar.gz", cluster / "pg_wal")):
            with tarfile.open(base.path / name) as packed:
                _extract(packed, target)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise _broken(base, str(error)) from None
    wrong = _wrong_in(cluster, base.path / "backup_manifest")
    if wrong:
        raise _broken(base, wrong)
    account = choose_account(cluster.parent, create=True)
    for path in (cluster, *cluster.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        account.own(path)
    _be_its_own(cluster, account)


def _wrong_in(cluster: Path, manifest: Path) -> str:
    """The first file that is not what the server listed, by name; '' when all are. The packaged pg_verifybackup, which
    should do this, dies of any copy."""
    content = manifest.read_bytes()
    listed, _line, last = content.rpartition(b'"Manifest-Checksum"')
    if hashlib.sha256(listed).hexdigest().encode() not in last:
        return manifest.name
    for facts in json.loads(content)["Files"]:
        path = cluster / (facts["Path"] if "Path" in facts else os.fsdecode(bytes.fromhex(facts["Encoded-Path"])))
        if not path.is_file() or path.stat().st_size != facts["Size"] or sha256_of(path) != facts["Checksum"]:
            return path.name
    return ""


def _broken(base: Base, said: str) -> Broken:
    text = _("基础备份 %(name)s 已损坏：%(said)s。请用更早的时间点，或用 genjin backup 的备份。")
    return Broken(text % {"name": base.path.name, "said": said})


def _be_its_own(cluster: Path, account: Account) -> None:
    """The copy shall recover from the archive; what an administrator set for the old server does not count here."""
    for name, text in (("recovery.signal", ""), ("postgresql.auto.conf", "")):
        path = cluster / name
        path.write_text(text)
        path.chmod(0o600)
        account.own(path)


def _bring_forward(archive: Path, draft: Path, until: datetime | None) -> tuple[datetime | None, list[str]]:
    settings = "wal_level = replica\nhot_standby = off\nrecovery_target_action = promote\n"
    settings += f"restore_command = {quoted(restore_command(archive))}\n"
    if until is not None:
        settings += f"recovery_target_time = {quoted(until.isoformat(' '))}\n"
    try:
        server = postgres.start_for_restore(draft, recovery=settings, patience=_HOURS)
    except DatabaseTrouble as trouble:
        raise _not_reached(draft, str(trouble)) from None
    try:
        with Source.at(server.address).connect() as connection:
            at: datetime | None = one(connection, "SELECT pg_last_xact_replay_timestamp()")
            broken = first_broken(connection)
            faults = faults_of(connection, _parts(draft))
    finally:
        server.stop()
    if broken is not None:
        raise Broken(_("恢复的操作日志从第 %s 条起不连续。请换一个时间点。") % broken)
    postgres.sync_cluster(draft)
    return at, faults


def _not_reached(draft: Path, trouble: str) -> BackupTrouble:
    said = (draft / "postgres-start.log").read_text(errors="replace")
    if _NOT_REACHED not in said:
        return BackupTrouble(trouble)
    found = _LAST.findall(said)
    last = found[-1].strip() + " UTC" if found else "—"
    text = _("归档里的变更只到 %s：请给一个更早的时间，或用 --until latest 恢复到最后一刻。")
    return BackupTrouble(text % last)


def _parts(draft: Path) -> Parts:
    """The stored files that came back."""
    return {
        path.relative_to(draft).as_posix(): (path.stat().st_size, sha256_of(path))
        for path in (draft / FILES).rglob("*")
        if path.is_file()
    }
