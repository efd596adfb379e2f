"""What the documents list is what there is: settings, commands, words, permissions, vendored files."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from django.urls import get_resolver
from django.utils import translation

from genjin.kernel.environment import SETTINGS
from genjin.kernel.records import RECORD_TYPES
from genjin.surfaces.cli import _parser
from tools import permissions

ROOT = Path(__file__).resolve().parents[3]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_operations_name_every_setting_and_no_other() -> None:
    assert set(re.findall(r"^\| `(\w+)`", OPERATIONS, re.MULTILINE)) == set(SETTINGS)


def test_operations_name_every_command() -> None:
    choices = next(a.choices for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert {name for name in choices if f"`genjin {name}" not in OPERATIONS} == set()


def test_the_glossary_has_every_record_type() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    with translation.override("zh-hans"):
        missing = {t.key for t in RECORD_TYPES.values() if f"| {t.label} |" not in glossary}
    assert missing == set()


def test_the_table_of_permissions_is_current() -> None:
    """When this fails: `python -m tools.permissions`."""
    assert get_resolver().url_patterns
    with translation.override("zh-hans"):
        assert permissions.PAGE.read_text(encoding="utf-8") == permissions.table()


def test_every_vendored_file_stands_in_its_list_with_licence() -> None:
    for folder in (ROOT / "genjin/ui/static/vendor", ROOT / "genjin/testing/vendor"):
        listed = "".join(page.read_text(encoding="utf-8") for page in folder.glob("*.md"))
        files = {p.name for p in folder.iterdir() if p.suffix in {".js", ".css", ".woff2"}}
        assert {name for name in files if name not in listed} == set()
