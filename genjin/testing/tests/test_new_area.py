"""The walk-through of CONTRIBUTING.md is carried out as it stands: a new area needs only its own folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILES = re.compile(r"^`(genjin/[\w/]+\.py)`\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_walk_through_builds_an_area_that_works(tmp_path: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__", "_static", "tests")
    shutil.copytree(ROOT / "genjin", tmp_path / "genjin", ignore=ignore)
    shutil.copytree(ROOT / "genjin/customers/tests", tmp_path / "genjin/customers/tests")
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    written = FILES.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(written) == 6
    for name, source in written:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    for package in ("visits/migrations", "visits/tests"):
        (tmp_path / "genjin" / package).mkdir(exist_ok=True)
        (tmp_path / "genjin" / package / "__init__.py").touch()
    assert (tmp_path / "genjin/visits/apps.py").exists()
    run(tmp_path, "-c", MAKE_MIGRATION)
    out = run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "genjin/visits")
    assert "1 passed" in out


MAKE_MIGRATION = """
import os
os.environ.update(DJANGO_SETTINGS_MODULE="genjin.settings", GENJIN_TESTING="1", GENJIN_DATA=os.getcwd() + "/home")
from django.conf import settings
settings.DATABASES["default"] = {"ENGINE": "django.db.backends.postgresql", "NAME": "none", "HOST": "/nonexistent"}
import warnings; warnings.simplefilter("ignore")
import django; django.setup()
from django.core.management import call_command
call_command("makemigrations", "visits", verbosity=0)
"""


def run(folder: Path, *arguments: str) -> str:
    """Run Python in a folder with no settings of this run; returns what it printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GENJIN_", "PYTEST_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
