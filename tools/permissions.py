"""Writes docs/permissions.md: every grant and which ready-made role has it. `python -m tools.permissions`."""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"
HEAD = """# Permissions

Written by `python -m tools.permissions`; a test says when it is no longer current. A role is made of grants; a scoped
grant (●) holds over the rows of the role's data scope, others (○) without. The roles are those that a new company
starts with: each may be changed or removed. An administrator holds every grant.
"""


def table() -> str:
    """The page's text. Django must be set up."""
    from genjin.kernel.grants import GRANTS  # noqa: PLC0415 (slow: models must be ready)
    from genjin.org.grants import READY_ROLES, ROLE_ADDITIONS  # noqa: PLC0415 (slow: models must be ready)
    from genjin.org.models import ScopeKind  # noqa: PLC0415 (slow: models must be ready)

    held = {role.key: {*role.grants, *ROLE_ADDITIONS.get(role.key, ())} for role in READY_ROLES}
    scopes = " | ".join(str(ScopeKind(role.scope).label) for role in READY_ROLES)
    lines = [HEAD]
    lines += [
        f"| 权限 | grant | {' | '.join(role.name for role in READY_ROLES)} |",
        "|---|---|" + ":-:|" * len(READY_ROLES),
    ]
    lines.append(f"| 数据范围 | scope | {scopes} |")
    offered = [grant for grant in GRANTS.values() if not grant.internal]
    for section, grants in groupby(offered, key=lambda grant: str(grant.section)):
        lines.append(f"| **{section}** | | {' | '.join('' for _role in READY_ROLES)} |")
        for grant in grants:
            marks = [("●" if grant.scoped else "○") if grant.key in held[role.key] else "" for role in READY_ROLES]
            lines.append(f"| {grant.label} | `{grant.key}` | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genjin.settings")
    import django
    from django.urls import get_resolver
    from django.utils import translation

    django.setup()
    assert get_resolver().url_patterns  # pages declare grants as well
    with translation.override("zh-hans"):
        PAGE.write_text(table(), encoding="utf-8")
