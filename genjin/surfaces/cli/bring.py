"""`genjin import FILE`: bring a sheet in, as one of the members, with a report of what became of each row."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from genjin.kernel.words import _, terminal_language
from genjin.surfaces.cli.database import database


def run(options: argparse.Namespace) -> int:
    """Import and report; 1 when the file is refused as a whole."""
    path = Path(options.file)
    if not path.is_file():
        print(f"genjin: {_('没有这个文件：%s') % path}", file=sys.stderr)
        return 1
    with database():
        from django.utils import translation  # slow

        from genjin.kernel.refusal import Refused  # slow: needs Django
        from genjin.surfaces.imports.command import import_file  # slow: needs Django

        try:
            with translation.override(terminal_language()):
                print("\n".join(import_file(path, options.sign_in).lines()))
        except Refused as refusal:
            print(f"genjin: {refusal.message}", file=sys.stderr)
            return 1
    return 0
