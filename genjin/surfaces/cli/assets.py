"""Files that are made from others: collected static files and compiled texts. A wheel brings them ready.

`python -m genjin.surfaces.cli.assets` makes them, which is what packaging calls.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from genjin.kernel.environment import PACKAGE

STATIC = PACKAGE / "_static"
LOCALE = PACKAGE / "locale"


def assets_are_current() -> bool:
    """True in an installed wheel, and in a checkout where nothing has changed since they were made."""
    if not (PACKAGE.parent / "pyproject.toml").exists():
        return True
    return _stamp().exists() and _stamp().read_text() == _fingerprint()


def make_assets() -> None:
    """Collect, compress and name the static files by content; compile the texts. Needs Django, no database."""
    from django.core.management import call_command  # slow: only where something has to be made

    from genjin.ui.catalogs import compile_catalogs  # slow: as above

    compile_catalogs()
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    _stamp().write_text(_fingerprint())


def _stamp() -> Path:
    # Beside the folder, not in it: whitenoise would serve it, and collectstatic clears it.
    return PACKAGE / "_static.stamp"


def _fingerprint() -> str:
    seen = hashlib.sha256()
    for folder in (PACKAGE / "ui" / "static", LOCALE):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".mo":
                facts = path.stat()
                seen.update(f"{path.relative_to(PACKAGE)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return seen.hexdigest()


if __name__ == "__main__":
    import tempfile

    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "genjin.settings"
    with tempfile.TemporaryDirectory() as nowhere:
        os.environ["GENJIN_DATA"] = nowhere
        django.setup()
        make_assets()
