"""Writes of the organisation, a file per noun."""

from genjin.org.actions import (
    codes,
    company,
    departments,
    holidays,
    learning,
    members,
    options,
    passwords,
    profile,
    roles,
    settings,
    setup,
    sign_in,
    tokens,
)

__all__ = [
    "codes",
    "company",
    "departments",
    "holidays",
    "learning",
    "members",
    "options",
    "passwords",
    "profile",
    "roles",
    "settings",
    "setup",
    "sign_in",
    "tokens",
]
