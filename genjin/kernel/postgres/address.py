"""Where the embedded database of a data folder answers: a Unix socket, on Windows a loopback port."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

WINDOWS = sys.platform == "win32"
DATABASE = ROLE = "genjin"

# A Unix socket's path holds at most 107 bytes, on macOS 103; the name of the socket takes 20 of them.
_LONGEST_FOLDER = 103 - 20


@dataclass(frozen=True)
class Address:
    """Host (a folder, when it is a socket), port and password of the embedded database."""

    host: str
    port: str = ""
    password: str = ""

    @classmethod
    def of(cls, data: Path) -> Address:
        """The address that clients of this data folder use. Reads only; the server may be down."""
        if WINDOWS:
            return cls("127.0.0.1", _text(data / "pg-port") or "54320", _text(data / "pg-password"))
        return cls(_text(data / "socket-dir") or str(data / "run"))


def make_socket_folder(data: Path) -> Path:
    """The folder for the socket, empty of any other use; a short one elsewhere when the data folder's path is too long.

    Its place is written to `<data>/socket-dir` in that case.
    """
    note = data / "socket-dir"
    forget_socket_folder(data)
    folder = data / "run"
    if len(os.fsencode(folder)) <= _LONGEST_FOLDER:
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    if len(os.fsencode(base)) > _LONGEST_FOLDER - 20 or not os.access(base, os.W_OK):
        base = "/tmp"  # noqa: S108 - mkdtemp makes a private folder inside
    folder = Path(tempfile.mkdtemp(prefix="genjin-", dir=base))
    note.write_text(str(folder))
    return folder


def forget_socket_folder(data: Path) -> None:
    """Remove the short folder that an earlier start made, if there is one."""
    note = data / "socket-dir"
    folder = _text(note)
    if folder and Path(folder).name.startswith("genjin-"):
        shutil.rmtree(folder, ignore_errors=True)
    note.unlink(missing_ok=True)


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""
