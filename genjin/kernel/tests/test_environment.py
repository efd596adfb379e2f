"""Settings of the surroundings: defaults, meaning, and that nonsense stops the start."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from genjin.kernel import words
from genjin.kernel.environment import SETTINGS, BadSetting, Environment


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """As in a user's shell: nothing is set but the folder."""
    for name in [*SETTINGS, "GENJIN_TESTING", "GENJIN_SOCKET"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GENJIN_DATA", str(tmp_path / "data"))
    return monkeypatch


def test_defaults_serve_this_machine_from_the_embedded_database(outside: pytest.MonkeyPatch) -> None:
    environment = Environment.read()
    assert environment.site_address == "http://127.0.0.1:8000"
    assert environment.database["HOST"] == str(environment.data / "run")
    assert environment.database["OPTIONS"]["pool"]["max_size"] > 0
    assert environment.time_zone == "Asia/Shanghai"
    assert environment.email_backend == "genjin.reminders.channels.mail.Backend"
    assert not environment.https
    assert "*" not in environment.hosts


def test_secret_key_is_made_once_and_kept_to_its_owner(outside: pytest.MonkeyPatch) -> None:
    first = Environment.read()
    assert Environment.read().secret_key == first.secret_key
    assert len(first.secret_key) > 50
    assert stat.S_IMODE((first.data / "secret-key").stat().st_mode) == 0o600


def test_secret_key_made_by_many_at_once_is_one(outside: pytest.MonkeyPatch) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(Environment.read().secret_key)) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_database_url_is_read_with_all_its_parts(outside: pytest.MonkeyPatch) -> None:
    outside.setenv("DATABASE_URL", "postgresql://me:a%40b@db.example:6543/crm?sslmode=require")
    database = Environment.read().database
    assert (database["USER"], database["PASSWORD"], database["HOST"], database["PORT"], database["NAME"]) == (
        "me",
        "a@b",
        "db.example",
        "6543",
        "crm",
    )
    assert database["OPTIONS"]["sslmode"] == "require"


def test_https_address_makes_cookies_secure_and_its_host_allowed(outside: pytest.MonkeyPatch) -> None:
    outside.setenv("GENJIN_ADDRESS", "https://crm.example.com")
    outside.setenv("GENJIN_HOSTS", "10.0.0.5, crm.lan")
    environment = Environment.read()
    assert environment.https
    assert {"crm.example.com", "10.0.0.5", "crm.lan"} <= set(environment.hosts)
    assert "https://crm.lan" in environment.trusted_origins


def test_mail_server_is_read_from_one_address(outside: pytest.MonkeyPatch) -> None:
    outside.setenv("GENJIN_SMTP_URL", "smtps://me:pass%2Fword@mail.example.com")
    environment = Environment.read()
    assert environment.email_backend == "genjin.reminders.channels.mail.Backend"
    assert (environment.mail.port, environment.mail.password, environment.mail.encrypted) == (465, "pass/word", True)


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("GENJIN_TESTING", "yes"),
        ("GENJIN_TIME_ZONE", "Mars/Base"),
        ("GENJIN_TIME_ZONE", "/etc/passwd"),
        ("GENJIN_ADDRESS", "crm.example.com"),
        ("GENJIN_ADDRESS", "https://crm.example.com/path"),
        ("GENJIN_LOG_LEVEL", "LOUD"),
        ("GENJIN_SMTP_URL", "mail.example.com"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "postgresql://host"),
    ],
)
def test_nonsense_stops_the_start_and_names_the_setting(outside: pytest.MonkeyPatch, name: str, nonsense: str) -> None:
    outside.setenv(name, nonsense)
    with pytest.raises(BadSetting, match=name):
        Environment.read()


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "zh-hans"),
        ({"LANG": "C.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "GENJIN_LANGUAGE": "zh"}, "zh-hans"),
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_terminal_speaks_chinese_unless_another_language_is_asked_for(
    outside: pytest.MonkeyPatch, variables: dict[str, str], language: str
) -> None:
    for name in ("GENJIN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        outside.delenv(name, raising=False)
    for name, value in variables.items():
        outside.setenv(name, value)
    assert words.terminal_language() == language
