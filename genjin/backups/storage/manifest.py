"""What stands in a backup's `manifest.json`: of which installation and moment it is, and what must be found in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from genjin.backups.storage.disk import write_json
from genjin.backups.storage.trouble import Broken
from genjin.kernel.words import _

FORMAT = 1
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
DATABASE = "database"
FILES = "files"


@dataclass(frozen=True)
class Contents:
    """What is in a database at one moment: {table: [rows, hash]}, {sequence: value}, the end of the ledger."""

    tables: Mapping[str, list[str]] = field(default_factory=dict)
    sequences: Mapping[str, int] = field(default_factory=dict)
    ledger: list[str] = field(default_factory=list)

    def rows(self) -> int:
        """Rows of all tables."""
        return sum(int(count) for count, _hash in self.tables.values())


@dataclass(frozen=True)
class Manifest:
    """`parts`: the hash of the list of parts; `key`: the fingerprint of the secret key; `faults`: files that were
    damaged or missing already when the backup was made."""

    taken_at: str
    reason: str
    version: str
    server: str
    migrations: list[str]
    contents: Contents
    files: int
    size: int
    parts: str
    key: Mapping[str, str]
    seconds: float
    faults: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def at(self) -> datetime:
        """The moment of which it is."""
        return datetime.fromisoformat(self.taken_at)

    def write(self, folder: Path) -> None:
        """Keep it, with a hash of itself."""
        facts = asdict(self)
        write_json(folder / MANIFEST, facts | {"itself": _digest(facts)})

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises Broken for what is no backup, is damaged, or is of a later format."""
        _check_kind(folder)
        try:
            facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            itself = facts.pop("itself")
            if facts.get("format", FORMAT) > FORMAT:
                raise Broken(_("备份来自更新的版本 %s：请先安装该版本的 Genjin。") % facts.get("version", ""))
            if itself != _digest(facts):
                raise Broken(_damaged(folder, MANIFEST))
            return cls(**{**facts, "contents": Contents(**facts["contents"])})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise Broken(_damaged(folder, MANIFEST)) from None


def _check_kind(folder: Path) -> None:
    if not folder.is_dir():
        raise Broken(_("没有这个备份：%s") % folder)
    if (folder / MANIFEST).is_file():
        return
    if (folder / "pg").is_dir() or (folder / "PG_VERSION").exists():
        text = _(
            "%s 是复制出来的数据目录，不是备份：运行中复制的数据库文件前后不一致，不能用来恢复。"
            "请用 genjin backup 备份。"
        )
        raise Broken(text % folder)
    raise Broken(_("%(path)s 不是备份：里面没有 %(name)s。") % {"path": folder, "name": MANIFEST})


def _damaged(folder: Path, name: str) -> str:
    return _("备份 %(backup)s 已损坏：%(part)s 与备份时不一致。请换用另一个备份。") % {
        "backup": folder.name,
        "part": name,
    }


def damaged(folder: Path, names: list[str]) -> Broken:
    """The refusal of a backup whose parts are not what they were."""
    more = _("等 %s 处") % len(names) if len(names) > 3 else ""
    return Broken(_damaged(folder, "、".join(names[:3]) + more))


def _digest(facts: Mapping[str, Any]) -> str:
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
