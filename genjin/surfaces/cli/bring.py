"""`genjin import FILE [--as SIGN_IN]`: a table of customers and follow-ups, brought in as that member."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from genjin.kernel.words import _
from genjin.surfaces.cli.database import database


def run(options: argparse.Namespace) -> int:
    """Bring the file in and print what became of it; 1 when it cannot be read or is refused."""
    with database():
        from genjin.kernel.refusal import Refused  # slow: needs Django
        from genjin.surfaces.imports.command import import_file  # slow: needs Django

        try:
            report = import_file(Path(options.file), options.sign_in)
        except OSError as trouble:
            print(_("打不开文件 %s：%s") % (options.file, trouble.strerror), file=sys.stderr)
            return 1
        except Refused as refusal:
            print(f"genjin: {refusal}", file=sys.stderr)
            return 1
    print("\n".join(report.lines()))
    return 0
