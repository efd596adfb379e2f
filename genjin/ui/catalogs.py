"""Compile the translation catalogues (.po → .mo) where missing or older. Babel does it: no gettext package."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_catalogs(folder: Path = LOCALE) -> list[Path]:
    """Write each catalogue's .mo if it is missing or older than its .po. Returns the files written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/django.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalog = read_po(text, locale=source.parent.parent.name)
        half_written = compiled.with_suffix(".mo.part")
        with half_written.open("wb") as binary:
            write_mo(binary, catalog)
        half_written.replace(compiled)
        written.append(compiled)
    return written
