"""What the drills share: commands as a user gives them, questions to a folder's database, a visitor."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import psycopg

from genjin.kernel.postgres import Address
from genjin.testing.cast import PASSWORD
from genjin.testing.served import PATIENCE, clean_environment

COMPANY = "genjin.backups.tests.company"
CLI = "genjin.surfaces.cli"


def start(data: Path, module: str, *words: str, **settings: str) -> subprocess.Popen[str]:
    """A command on a data folder."""
    command = [sys.executable, "-P", "-W", "ignore", "-m", module, *words]
    env = clean_environment(GENJIN_DATA=str(data), **settings)
    return subprocess.Popen(command, cwd="/", env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def genjin(data: Path, *words: str, code: int = 0, **settings: str) -> str:
    """What a command says, both ways; fails when it ends otherwise than expected."""
    return finish(start(data, CLI, *words, **settings), code=code)


def finish(process: subprocess.Popen[str], *, code: int = 0) -> str:
    """Wait for its end."""
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, out + err
    assert "Traceback" not in err, err
    return out + err


def made(said: str) -> Path:
    """The backup that a command says it has made."""
    found = re.search(r"(/\S+/genjin-\w+)", said)
    assert found, said
    return Path(found[1])


def ask(data: Path, question: str) -> list[tuple[Any, ...]]:
    """Rows from the running database of a folder."""
    with psycopg.connect(host=Address.of(data).host, user="genjin", dbname="genjin") as connection:
        return connection.execute(question).fetchall()


def copied(backup: Path, folder: Path) -> Path:
    """A copy to damage."""
    target = folder / backup.name
    shutil.copytree(backup, target)
    return target


def flip(path: Path) -> None:
    """Turn one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x40
    path.write_bytes(content)


class Browser:
    """Somebody at a served installation."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> str:
        """A page's text."""
        with self.opener.open(self.base + urllib.parse.quote(path, safe="/?=&%"), timeout=PATIENCE) as answer:
            text: str = answer.read().decode("utf-8", "replace")
            return text

    def fetch(self, path: str) -> bytes:
        """A file's bytes."""
        with self.opener.open(self.base + path, timeout=PATIENCE) as answer:
            content: bytes = answer.read()
            return content

    def post(self, page: str, path: str, **sent: str) -> str:
        """Send a form that stands on a page."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page))
        assert token
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **sent}).encode()
        request = urllib.request.Request(self.base + path, body, {"Referer": self.base + page})  # noqa: S310 - our own server
        with self.opener.open(request, timeout=PATIENCE) as answer:
            text: str = answer.read().decode()
            return text

    def sign_in(self, name: str) -> None:
        """With the cast's password."""
        self.post("/sign-in", "/sign-in", name=name, password=PASSWORD)


AS_ROOT = os.geteuid() == 0 if hasattr(os, "geteuid") else False
