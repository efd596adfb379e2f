"""The small parts of backups: keys, stored files, what is refused before any server is started."""

from __future__ import annotations

import errno
from datetime import UTC, datetime
from pathlib import Path

import pytest

from genjin.backups.storage.archive import bases_in
from genjin.backups.storage.attachments import keep_files
from genjin.backups.storage.contents import differences
from genjin.backups.storage.keys import fingerprint_of, fits
from genjin.backups.storage.manifest import Contents
from genjin.backups.storage.places import final_name, kept_in, new_draft, remove_drafts
from genjin.backups.storage.restoring import Key, check_version, chosen_key, empty_place
from genjin.backups.storage.trouble import BackupTrouble, disk_troubles
from genjin.backups.storage.until import read_moment

AT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENJIN_LANGUAGE", "zh")


def test_a_fingerprint_knows_its_key_and_does_not_tell_it() -> None:
    made = fingerprint_of("right")
    assert fits("right", made)
    assert not fits("wrong", made)
    assert not fits("", made)
    assert not fits("right", {})
    assert "right" not in str(made)
    assert made != fingerprint_of("right")


def test_equal_files_are_shared_and_damage_does_not_spread(tmp_path: Path) -> None:
    live, first, second = (tmp_path / name for name in ("live", "first", "second"))
    (live / "ab").mkdir(parents=True)
    for name in ("same", "rots", "new"):
        (live / "ab" / name).write_text(f"{name} content")
    parts = keep_files(live, first, None, lambda: None)
    (first / "files/ab/rots").write_text("rotS content")
    (first / "files/ab/new").unlink()
    assert keep_files(live, second, first, lambda: None) == parts
    assert (second / "files/ab/same").stat().st_ino == (first / "files/ab/same").stat().st_ino
    assert (second / "files/ab/rots").read_text() == "rots content"
    assert (second / "files/ab/new").read_text() == "new content"


def test_what_differs_is_named() -> None:
    wanted = Contents({"a": ["2", "7"], "b": ["1", "1"]}, {"s": 5}, ["9", "ff"])
    assert differences(wanted, Contents(wanted.tables, {"s": 6}, ["9", "ff"])) == []
    found = differences(wanted, Contents({"a": ["2", "8"], "c": ["1", "1"]}, {"s": 4}, []))
    assert [text.split("：")[0] for text in found] == ["表 a", "表 b", "表 c", "序列 s 落后", "操作日志的结尾不同"]


def test_a_draft_is_no_backup_and_a_taken_name_stays_taken(tmp_path: Path) -> None:
    draft = new_draft(tmp_path, AT)
    assert kept_in(tmp_path) == []
    assert final_name(draft).name == "genjin-20261122T023000Z"
    (tmp_path / "genjin-20261122T023000Z").mkdir()
    assert final_name(draft).name == "genjin-20261122T023000Z-2"
    remove_drafts(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["genjin-20261122T023000Z"]


def test_a_backup_of_a_later_version_is_refused() -> None:
    check_version("9.9", ["org.0001_initial", "auth.0999_unknown_to_us_but_not_ours"])
    with pytest.raises(BackupTrouble, match=r"9\.9"):
        check_version("9.9", ["org.0001_initial", "org.0999_later"])


def test_a_new_key_takes_the_place_of_none(tmp_path: Path) -> None:
    fingerprint = fingerprint_of("old")
    (tmp_path / "secret-key").write_text("old\n")
    assert chosen_key(tmp_path, fingerprint, Key()) == ""
    (tmp_path / "secret-key").write_text("other")
    with pytest.raises(BackupTrouble, match="密钥不对"):
        chosen_key(tmp_path, fingerprint, Key())
    assert chosen_key(tmp_path, fingerprint, Key(new=True)) == ""
    assert not (tmp_path / "secret-key").exists()
    (tmp_path / "brought").write_text("old")
    assert chosen_key(tmp_path, fingerprint, Key(tmp_path / "brought")) == "old"


def test_only_an_empty_place_is_taken(tmp_path: Path) -> None:
    for name in ("secret-key", "genjin.lock"):
        (tmp_path / name).touch()
    (tmp_path / "backups").mkdir()
    with empty_place(tmp_path):
        assert (tmp_path / ".restoring").is_dir()
    assert not (tmp_path / ".restoring").exists()
    (tmp_path / "files").mkdir()
    with pytest.raises(BackupTrouble, match="files"), empty_place(tmp_path):
        pass


def test_moments_are_the_companys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENJIN_TIME_ZONE", "Asia/Shanghai")
    assert read_moment("2026-11-22 10:30") == AT
    assert read_moment("2026-11-22T02:30:00+00:00") == AT
    assert read_moment("latest") is None
    with pytest.raises(BackupTrouble, match="2026-11-22 10:00"):
        read_moment("yesterday")


def test_a_base_copy_without_its_facts_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "bases" / "base-20261122T023000Z").mkdir(parents=True)
    assert bases_in(tmp_path) == []


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(BackupTrouble, match="磁盘已满"), disk_troubles(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(BackupTrouble, match="权限"), disk_troubles(tmp_path):
        raise PermissionError(errno.EACCES, "Permission denied", "/b")
    with pytest.raises(IsADirectoryError), disk_troubles(tmp_path):
        raise IsADirectoryError(errno.EISDIR, "Is a directory")
