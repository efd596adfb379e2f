"""Where backups lie, what they are called, which there are. A backup is a folder `genjin-20261122T023000Z`; one in the
making starts with a dot and is offered nowhere."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from genjin.backups.storage.disk import remove_tree, size_of, write_json
from genjin.backups.storage.manifest import Manifest
from genjin.backups.storage.trouble import Broken

_NAME = re.compile(r"genjin-\d{8}T\d{6}Z(-\d+)?")
_STAMP = "genjin-%Y%m%dT%H%M%SZ"
_PART = ".part"
VERIFIED = "verified.json"


@dataclass(frozen=True)
class Kept:
    """A backup that is there. `trouble` says why it is none; `verified`: when a trial restore equalled it, and how long
    that took; `wrong`: what the last trial found."""

    path: Path
    manifest: Manifest | None
    trouble: str = ""
    verified_at: datetime | None = None
    verify_seconds: float = 0.0
    wrong: str = ""

    @property
    def name(self) -> str:
        """Its folder's name."""
        return self.path.name

    @property
    def good(self) -> bool:
        """Whether nothing speaks against it."""
        return self.manifest is not None and not self.wrong


def kept_in(folder: Path) -> list[Kept]:
    """All backups of a folder, the newest first. Looks at their manifests only."""
    try:
        found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()]
    except OSError:
        return []
    return [look_at(path) for path in sorted(found, key=lambda path: path.name, reverse=True)]


def look_at(path: Path) -> Kept:
    """One backup by its manifest."""
    try:
        manifest = Manifest.read(path)
    except Broken as broken:
        return Kept(path, None, str(broken))
    facts = _facts(path / VERIFIED)
    if facts.get("parts") != manifest.parts:
        return Kept(path, manifest)
    at = datetime.fromisoformat(facts["at"]) if not facts.get("wrong") else None
    return Kept(path, manifest, "", at, float(facts.get("seconds", 0)), str(facts.get("wrong", "")))


def note_verified(kept: Path, manifest: Manifest, at: datetime, seconds: float, wrong: str = "") -> None:
    """Keep beside a backup what a trial restore came to."""
    facts = {"at": at.isoformat(), "seconds": round(seconds, 1), "parts": manifest.parts, "wrong": wrong}
    write_json(kept / VERIFIED, facts)


def new_draft(folder: Path, at: datetime) -> Path:
    """A folder for a backup in the making."""
    draft = folder / f".{at.strftime(_STAMP)}{_PART}"
    draft.mkdir(mode=0o700)
    return draft


def final_name(draft: Path) -> Path:
    """The place of a finished backup: never one that is taken."""
    name = draft.name.removeprefix(".").removesuffix(_PART)
    names = [name, *(f"{name}-{number}" for number in range(2, 100))]
    return next(draft.with_name(each) for each in names if not draft.with_name(each).exists())


def remove_drafts(folder: Path) -> None:
    """What killed backups left. Only under the folder's lock."""
    for draft in folder.glob(f".genjin-*{_PART}"):
        remove_tree(draft)


def disk_size(kept: Kept) -> int:
    """Bytes of all that is in it, also where other backups share them."""
    return kept.manifest.size if kept.manifest else size_of(kept.path)


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) and "at" in facts else {}
