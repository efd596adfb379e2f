"""`genjin duplicates`: a run over the whole base (全库查重) as one of the members: begin it, how far it is, its groups.

The run itself is done by the worker of `genjin serve`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from genjin.kernel.words import _, terminal_language
from genjin.surfaces.cli.database import database


def run(options: argparse.Namespace) -> int:
    """Do the verb; 1 when it is refused, with the reason."""
    with database():
        from django.utils import translation  # slow

        from genjin.kernel.refusal import Refused  # slow: needs Django

        try:
            with translation.override(terminal_language()):
                for line in VERBS[options.verb](options):
                    print(line)
        except Refused as refusal:
            words = refusal.message or _("没有这类数据，或您不能查重")
            print(f"genjin: {words}", file=sys.stderr)
            return 1
    return 0


def _begin(options: argparse.Namespace) -> Iterator[str]:
    from genjin.duplicates.command import begin  # slow: needs Django

    yield begin(options.sign_in, options.plural)


def _state(options: argparse.Namespace) -> Iterator[str]:
    from genjin.duplicates.command import state  # slow: needs Django

    yield state(options.sign_in, options.plural)


def _groups(options: argparse.Namespace) -> Iterator[str]:
    from genjin.duplicates.command import groups  # slow: needs Django

    yield from groups(options.sign_in, options.plural, options.after, options.size)


VERBS = {"begin": _begin, "state": _state, "groups": _groups}
