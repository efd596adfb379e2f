"""The typed reader of the environment. Every setting a user may give is named here, with its default.

What a deployment decides is read here; what the product decides stands in genjin.settings.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from genjin.kernel.postgres.address import DATABASE, ROLE, Address
from genjin.kernel.proxies import Proxies

PACKAGE = Path(__file__).resolve().parent.parent
POOL_SIZE = 8
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

# What a user may set, in one line each: `genjin doctor` and docs/settings.md show these.
SETTINGS = {
    "GENJIN_DATA": "folder of database and files; default /var/lib/genjin for root, else ~/.local/share/genjin",
    "GENJIN_ADDRESS": "address under which people open Genjin; default http://127.0.0.1:8000",
    "GENJIN_HOSTS": "further host names or addresses that may be used, separated by commas",
    "GENJIN_PROXIES": "reverse proxies in front: how many, or their addresses and networks; default: none",
    "GENJIN_TIME_ZONE": "time zone of the company; default Asia/Shanghai",
    "GENJIN_SECRET_KEY": "key that signs sessions and tokens; default: made once, in the data folder",
    "GENJIN_LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR; default INFO",
    "GENJIN_LANGUAGE": "language of the command line, zh or en; default: that of the terminal",
    "GENJIN_SMTP_URL": "mail server, smtp://user:password@host:587 or smtps://…:465; default: no mail is sent",
    "GENJIN_OUTBOUND": "origins inside your network, or of private deployments, that messages may go to, separated by"
    " commas: https://im.example.cn, smtp://10.0.0.5:25; default: none",
    "GENJIN_MAIL_FROM": "sender of mails; default genjin@ and the host of GENJIN_ADDRESS",
    "GENJIN_BACKUPS": "folder of the backups, better on another disk; default: backups, in the data folder",
    "GENJIN_WAL_ARCHIVE": "folder that gets every change of the database, for a restore to any moment; off ends it",
    "DATABASE_URL": "another PostgreSQL (15 or newer), postgresql://user:password@host/name; default: the embedded one",
}


class BadSetting(Exception):
    """A setting has a value Genjin cannot use. The message says which, and what is allowed."""


@dataclass(frozen=True)
class Mail:
    """The mail server; an empty host means that no mail is sent."""

    host: str
    port: int
    user: str
    password: str
    encrypted: bool
    sender: str


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
    proxies: Proxies
    time_zone: str
    database: dict[str, Any]
    password_hashers: list[str]
    static_storage: str
    email_backend: str
    mail: Mail
    site_address: str
    outbound: frozenset[str]
    log_level: str
    testing: bool

    @classmethod
    def read(cls) -> Environment:
        """Read GENJIN_* and DATABASE_URL. Raises BadSetting."""
        testing = _flag("GENJIN_TESTING", default=False)
        data = data_folder()
        address = _address()
        hosts = [h.strip() for h in os.environ.get("GENJIN_HOSTS", "").split(",") if h.strip()]
        mail = _mail(address)
        return cls(
            package=PACKAGE,
            data=data,
            files=data / "files",
            secret_key="testing-only" if testing else _secret_key(data),
            hosts=["*"]
            if testing
            else list(dict.fromkeys(["127.0.0.1", "localhost", "[::1]", _host(address), *hosts])),
            trusted_origins=[address.geturl(), *(f"{address.scheme}://{h}" for h in hosts)],
            https=address.scheme == "https",
            proxies=_proxies(),
            time_zone=_time_zone(),
            database=_database(data, pooled=not testing),
            password_hashers=[
                "django.contrib.auth.hashers.MD5PasswordHasher"
                if testing
                else "django.contrib.auth.hashers.PBKDF2PasswordHasher"
            ],
            static_storage="django.contrib.staticfiles.storage.StaticFilesStorage"
            if testing
            else "whitenoise.storage.CompressedManifestStaticFilesStorage",
            email_backend=_email_backend(testing=testing),
            mail=mail,
            site_address=address.geturl(),
            outbound=_outbound(),
            log_level=_one_of("GENJIN_LOG_LEVEL", LOG_LEVELS, default="INFO"),
            testing=testing,
        )


def data_folder() -> Path:
    """Where Genjin keeps database and files: GENJIN_DATA, else the usual place of the system."""
    return Path(os.environ.get("GENJIN_DATA") or default_data_folder()).absolute()


def default_data_folder() -> Path:
    """The usual place: /var/lib for root, else in the user's home."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/genjin")
    base = os.environ.get("XDG_DATA_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".local" / "share") / "genjin"


def uses_embedded_database() -> bool:
    """False when DATABASE_URL names another server."""
    return not os.environ.get("DATABASE_URL")


def backup_folder() -> Path:
    """Where backups are kept: GENJIN_BACKUPS, else in the data folder."""
    return Path(os.environ.get("GENJIN_BACKUPS") or data_folder() / "backups").absolute()


def connection_facts() -> dict[str, Any]:
    """Host, port, user, password, name and options of the database in use, for programs without Django."""
    return _database(data_folder(), pooled=False)


def company_zone() -> ZoneInfo:
    """The company's time zone. Raises BadSetting."""
    return ZoneInfo(_time_zone())


def known_secret_key(data: Path) -> str:
    """The secret key that this installation uses; '' where there is none yet. Makes none."""
    given = os.environ.get("GENJIN_SECRET_KEY", "")
    try:
        return given or (data / "secret-key").read_text().strip()
    except OSError:
        return ""


def _flag(name: str, *, default: bool) -> bool:
    return _one_of(name, ("0", "1"), default="1" if default else "0") == "1"


def _one_of(name: str, allowed: tuple[str, ...], *, default: str) -> str:
    value = os.environ.get(name) or default
    if value not in allowed:
        raise BadSetting(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def _time_zone() -> str:
    name = os.environ.get("GENJIN_TIME_ZONE") or "Asia/Shanghai"
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise BadSetting(f"GENJIN_TIME_ZONE must be a name such as Asia/Shanghai, not {name!r}") from None
    return name


def _address() -> SplitResult:
    text = (os.environ.get("GENJIN_ADDRESS") or "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise BadSetting(f"GENJIN_ADDRESS must look like https://crm.example.com, not {text!r}")
    return parts


def _proxies() -> Proxies:
    text = os.environ.get("GENJIN_PROXIES", "")
    try:
        return Proxies.read(text)
    except ValueError:
        raise BadSetting(f"GENJIN_PROXIES must be a number, or addresses such as 10.0.0.5, not {text!r}") from None


def _host(address: SplitResult) -> str:
    host = address.hostname or ""
    return f"[{host}]" if ":" in host else host


def _secret_key(data: Path) -> str:
    given = os.environ.get("GENJIN_SECRET_KEY")
    if given:
        return given
    path = data / "secret-key"
    if not path.exists():
        _make_secret_key(path)
    return path.read_text().strip()


def _make_secret_key(path: Path) -> None:
    """Written aside and linked into place, because several processes and threads may do this at the same moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".secret-key-", dir=path.parent)
    draft = Path(name)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _database(data: Path, *, pooled: bool) -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL")
    options: dict[str, Any] = {"pool": {"min_size": 1, "max_size": POOL_SIZE, "timeout": 5}} if pooled else {}
    base: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options, "CONN_HEALTH_CHECKS": pooled}
    if not url:
        at = Address.of(data)
        host = os.environ.get("GENJIN_SOCKET") or at.host
        return {**base, "NAME": DATABASE, "USER": ROLE, "HOST": host, "PORT": at.port, "PASSWORD": at.password}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise BadSetting("DATABASE_URL must look like postgresql://user:password@host:5432/name")
    query = dict(parse_qsl(parts.query))
    return {
        **base,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": query.pop("port", str(parts.port or "")),
        "OPTIONS": {**options, **query},
    }


def _mail(address: SplitResult) -> Mail:
    parts = urlsplit(os.environ.get("GENJIN_SMTP_URL") or "smtp:")
    encrypted = parts.scheme == "smtps"
    if parts.scheme not in {"smtp", "smtps"} or not (parts.hostname or parts.geturl() == "smtp:"):
        raise BadSetting(
            "GENJIN_SMTP_URL must look like smtp://user:password@host:587 or smtps://user:password@host:465"
        )
    return Mail(
        host=parts.hostname or "",
        port=parts.port or (465 if encrypted else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        encrypted=encrypted,
        sender=os.environ.get("GENJIN_MAIL_FROM") or f"genjin@{address.hostname}",
    )


def _outbound() -> frozenset[str]:
    """Origins with their port: `https://im.example.cn:443`."""
    ports = {"https": 443, "http": 80, "smtp": 587, "smtps": 465}
    found = set()
    for text in filter(None, (part.strip() for part in os.environ.get("GENJIN_OUTBOUND", "").split(","))):
        parts = urlsplit(text)
        if parts.scheme not in ports or not parts.hostname or parts.path.strip("/") or "@" in parts.netloc:
            raise BadSetting(f"GENJIN_OUTBOUND must list origins such as https://im.example.cn, not {text!r}")
        found.add(f"{parts.scheme}://{parts.hostname}:{parts.port or ports[parts.scheme]}")
    return frozenset(found)


def _email_backend(*, testing: bool) -> str:
    return "django.core.mail.backends.locmem.EmailBackend" if testing else "genjin.reminders.channels.mail.Backend"
