"""What a role can be made of: every grant with its words. Areas declare theirs beside their record types."""

from __future__ import annotations

from dataclasses import dataclass

from genjin.kernel.fields.base import Label


@dataclass(frozen=True)
class Grant:
    """One thing a role may allow. `scoped`: a role says over whose rows (B5's six scopes). `internal`: only the
    system acts with it (nobody is signed in yet); no role can hold it."""

    key: str
    label: Label
    section: Label
    scoped: bool = True
    internal: bool = False


GRANTS: dict[str, Grant] = {}


def declare_grants(section: Label, *rows: tuple[str, Label], scoped: bool = True, internal: bool = False) -> None:
    """Declare (key, label) grants under a heading."""
    for key, label in rows:
        if key in GRANTS:
            raise ValueError(f"grant {key} is declared twice")
        GRANTS[key] = Grant(key, label, section, scoped, internal)
