"""`genjin import`: bring a sheet in as one of the members, with a report of what became of each row; look at an import,
take it back.

Exit codes: 0 all went in, 1 refused as a whole, 3 some rows stayed out (each is told with its reason).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from genjin.kernel.words import _, terminal_language
from genjin.surfaces.cli.database import database

FINE, REFUSED, SOME_LEFT_OUT = 0, 1, 3


def run(options: argparse.Namespace) -> int:
    """Import, look or take back; see the codes above."""
    looking = options.status is not None or options.undo is not None
    path = Path(options.file)
    if not looking and not (options.file and path.is_file()):
        print(f"genjin: {_('没有这个文件：%s') % path}", file=sys.stderr)
        return REFUSED
    with database():
        from django.utils import translation  # slow

        from genjin.kernel.refusal import Refused  # slow: needs Django

        try:
            with translation.override(terminal_language()):
                return _look(options) if looking else _bring(path, options)
        except Refused as refusal:
            print(f"genjin: {refusal.message or _('没有这次导入')}", file=sys.stderr)
            return REFUSED


def _look(options: argparse.Namespace) -> int:
    from genjin.surfaces.imports.command import status_lines, undo_file  # slow: needs Django

    sign_in = options.sign_in
    lines = status_lines(options.status, sign_in) if options.undo is None else undo_file(options.undo, sign_in)
    print("\n".join(lines))
    return FINE


def _bring(path: Path, options: argparse.Namespace) -> int:
    from genjin.surfaces.imports.command import Wish, import_file  # slow: needs Django

    wish = Wish(
        kind=options.kind,
        sheet=options.sheet,
        mapping=dict(_pair(text) for text in options.mapping),
        duplicates=options.duplicates,
        reason=options.reason,
        pool=options.pool,
        given=dict(_pair(text) for text in options.given),
        accepting=options.accept,
        check_only=options.check_only,
    )
    asks = not options.yes and not options.check_only and sys.stdin.isatty()
    report = import_file(path, options.sign_in, wish, confirm=_confirmed if asks else None)
    if not asks:
        print("\n".join([*(report.matching() if report.checked else []), *report.lines()]))
    elif not report.checked:
        print("\n".join(report.lines()))
    return SOME_LEFT_OUT if report.refused else FINE


def _pair(text: str) -> tuple[str, str]:
    heading, _equals, target = text.partition("=")
    return heading.strip(), target.strip()


def _confirmed(lines: list[str]) -> bool:
    print("\n".join(lines))
    return input(_("写入？[y/N] ")).strip().lower() in ("y", "yes", "是")
