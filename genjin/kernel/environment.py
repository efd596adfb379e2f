"""The typed reader of the environment. Every setting a user may give is named here, with its default."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

PACKAGE = Path(__file__).resolve().parent.parent


class BadSetting(Exception):
    """A setting has a value Genjin cannot use. The message says which, and what is allowed."""


@dataclass(frozen=True)
class Environment:
    """What the surroundings say: paths, database, hosts, secrets."""

    package: Path
    data: Path
    files: Path
    secret_key: str
    hosts: list[str]
    trusted_origins: list[str]
    https: bool
    time_zone: str
    database: dict[str, Any]
    password_hashers: list[str]
    static_storage: str
    email_backend: str
    site_address: str
    log_level: str

    @classmethod
    def read(cls) -> Environment:
        """Read GENJIN_* and DATABASE_URL. Raises BadSetting."""
        testing = _flag("GENJIN_TESTING", default=False)
        data = Path(os.environ.get("GENJIN_DATA") or default_data_folder())
        address = os.environ.get("GENJIN_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
        hosts = [h for h in os.environ.get("GENJIN_HOSTS", "").split(",") if h]
        return cls(
            package=PACKAGE,
            data=data,
            files=data / "files",
            secret_key="testing-only" if testing else _secret_key(data),
            hosts=["*"] if testing else ["127.0.0.1", "localhost", "[::1]", urlsplit(address).hostname or "", *hosts],
            trusted_origins=[address, *(f"http://{h}" for h in hosts)],
            https=address.startswith("https://"),
            time_zone=os.environ.get("GENJIN_TIME_ZONE", "Asia/Shanghai"),
            database=_database(data, pooled=not testing),
            password_hashers=[
                "django.contrib.auth.hashers.MD5PasswordHasher"
                if testing
                else "django.contrib.auth.hashers.PBKDF2PasswordHasher"
            ],
            static_storage="django.contrib.staticfiles.storage.StaticFilesStorage"
            if testing
            else "whitenoise.storage.CompressedManifestStaticFilesStorage",
            email_backend="django.core.mail.backends.locmem.EmailBackend"
            if testing
            else "django.core.mail.backends.console.EmailBackend",
            site_address=address,
            log_level=os.environ.get("GENJIN_LOG_LEVEL", "INFO"),
        )


def default_data_folder() -> Path:
    """Where Genjin keeps database and files unless GENJIN_DATA says otherwise."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/genjin")
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "genjin"


def _flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in {"0", "1"}:
        raise BadSetting(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def _secret_key(data: Path) -> str:
    given = os.environ.get("GENJIN_SECRET_KEY")
    if given:
        return given
    path = data / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def _database(data: Path, *, pooled: bool) -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL")
    options: dict[str, Any] = {"pool": {"min_size": 1, "max_size": 8, "timeout": 5}} if pooled else {}
    base: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options, "CONN_HEALTH_CHECKS": False}
    if not url:
        socket = os.environ.get("GENJIN_SOCKET") or str(data / "run")
        return {**base, "NAME": "genjin", "USER": "genjin", "HOST": socket}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise BadSetting("DATABASE_URL must look like postgresql://user:password@host:5432/name")
    query = dict(parse_qsl(parts.query))
    return {
        **base,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {**options, **query},
    }
