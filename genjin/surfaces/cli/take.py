"""`genjin export LIST`: one list into a file, as one of the members, with his rights and within his limits."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from genjin.kernel.words import _, terminal_language
from genjin.surfaces.cli.database import database


def run(options: argparse.Namespace) -> int:
    """Export and say how many rows; 1 when it is refused or cannot be written."""
    with database():
        from django.utils import translation  # slow

        from genjin.kernel.refusal import Refused  # slow: needs Django
        from genjin.surfaces.exports.command import Wanted, export_file  # slow: needs Django

        wanted = Wanted(
            plural=options.plural,
            out=Path(options.out),
            sign_in=options.sign_in,
            filters=options.filter,
            columns=options.columns,
            reason=options.reason,
        )
        try:
            with translation.override(terminal_language()):
                rows = export_file(wanted)
        except Refused as refusal:
            print(f"genjin: {refusal.message}", file=sys.stderr)
            return 1
        except OSError as error:
            words = _("文件不能写入：%s") % error
            print(f"genjin: {words}", file=sys.stderr)
            return 1
        print(_("已导出 %(rows)d 行到 %(file)s") % {"rows": rows, "file": wanted.out})
    return 0
