"""The files of imports on disk: received in pieces under a generated name, hashed, dropped some days after."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused

FOLDER = "imports"
MOST_BYTES = 200 << 20
PIECE = 1 << 20


class Upload(Protocol):
    """A file as Django receives it."""

    def chunks(self) -> Iterator[bytes]:
        """The content, piece by piece."""
        ...


@dataclass(frozen=True)
class Stored:
    """A file that lies in its place."""

    filename: str
    stored_as: str
    digest: str
    size: int

    @property
    def path(self) -> Path:
        """Where it lies."""
        return path_of(self.stored_as)


def path_of(stored_as: str) -> Path:
    """Where the bytes of an import's file lie."""
    return Path(settings.FILES) / stored_as


@contextmanager
def received(filename: str, content: IO[bytes] | Upload | Path) -> Iterator[Stored]:
    """The content in its place; taken away again when what follows fails. Raises Refused("too_large")."""
    stored_as = f"{FOLDER}/{secrets.token_hex(1)}/{secrets.token_hex(20)}"
    path = path_of(stored_as)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        size, digest = _write(path, content)
        yield Stored(PurePath(filename).name[:200], stored_as, digest, size)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(path: Path, content: IO[bytes] | Upload | Path) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as out:
        path.chmod(0o600)
        for piece in _pieces(content):
            size += len(piece)
            if size > MOST_BYTES:
                raise Refused(
                    "too_large", _("文件太大，最多 %(most)s MB；请分成几个文件") % {"most": MOST_BYTES >> 20}, "file"
                )
            digest.update(piece)
            out.write(piece)
    return size, digest.hexdigest()


def _pieces(content: IO[bytes] | Upload | Path) -> Iterator[bytes]:
    if isinstance(content, Path):
        with content.open("rb") as stream:
            yield from _pieces(stream)
    elif hasattr(content, "chunks"):
        yield from content.chunks()
    else:
        while piece := content.read(PIECE):
            yield piece
