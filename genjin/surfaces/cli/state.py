"""What an earlier start has done, so that the next one need not load Django to find out.

Kept in the cluster's folder, because it speaks of that database: copied and thrown away together with it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from genjin.kernel.environment import PACKAGE, uses_embedded_database


@dataclass
class State:
    """`migrations`: fingerprint of those applied; `sign_ins`: (name, sign-in, password, role) of the demo company."""

    migrations: str = ""
    set_up: bool = False
    seeding: bool = False
    sign_ins: list[tuple[str, str, str, str]] = field(default_factory=list)

    @classmethod
    def read(cls, data: Path) -> State:
        """The state of the embedded database; an empty one when there is none, or none that can be read."""
        try:
            facts = json.loads(_file(data).read_text())
            return cls(**{**facts, "sign_ins": [tuple(sign_in) for sign_in in facts["sign_ins"]]})
        except (OSError, ValueError, TypeError, KeyError):
            return cls()

    def write(self, data: Path) -> None:
        """Keep it. Another server than the embedded one keeps none: it may change without us."""
        if not uses_embedded_database() or not (data / "pg").is_dir():
            return
        draft = _file(data).with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self), file, ensure_ascii=False)
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # The server must be able to read all of its folder: a base copy of it holds this too.
            cluster = (data / "pg").stat()
            os.chown(draft, cluster.st_uid, cluster.st_gid)
        draft.replace(_file(data))


def migrations_fingerprint() -> str:
    """Changes whenever a migration of ours, Django's or procrastinate's may have been added."""
    seen = hashlib.sha256(f"{version('django')} {version('procrastinate')} {version('genjin')}".encode())
    for path in sorted(PACKAGE.glob("**/migrations/*.py")):
        seen.update(f"{path.relative_to(PACKAGE)}\n".encode() + path.read_bytes())
    return seen.hexdigest()


def _file(data: Path) -> Path:
    return data / "pg" / "genjin-state.json"
