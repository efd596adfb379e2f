"""Which areas there are: every folder of the package with an `apps.py`. A new area is known by lying here."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
FIRST = ("kernel", "org", "ownership")
LAST = ("ui", "surfaces")


def areas() -> list[str]:
    """The names of all areas, those that others stand on first."""
    found = {folder.parent.name for folder in PACKAGE.glob("*/apps.py")}
    between = sorted(found - {*FIRST, *LAST})
    return [name for name in (*FIRST, *between, *LAST) if name in found]


def web_modules() -> list[str]:
    """The modules that may declare pages: one per area, and one per surface."""
    of_areas = [f"genjin.{name}.web" for name in areas()]
    surfaces = sorted(folder.parent.name for folder in (PACKAGE / "surfaces").glob("*/__init__.py"))
    of_surfaces = [f"genjin.surfaces.{name}.web" for name in surfaces if name != "cli"]
    return [*of_areas, *of_surfaces]


def template_folders() -> list[Path]:
    """Where templates lie: the interface's first, so that areas cannot shadow its components."""
    names = ["ui", *(name for name in areas() if name != "ui")]
    folders = [PACKAGE / name / "templates" for name in names]
    folders += sorted((PACKAGE / "surfaces").glob("*/templates"))
    return [folder for folder in folders if folder.is_dir()]
