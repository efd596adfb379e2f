"""Pages of the organisation: signing in, one's own profile, settings."""

from genjin.org.web import (
    audit,
    company,
    departments,
    entry,
    frame,
    holidays,
    members,
    options,
    profile,
    roles,
    settings,
)

__all__ = [
    "audit",
    "company",
    "departments",
    "entry",
    "frame",
    "holidays",
    "members",
    "options",
    "profile",
    "roles",
    "settings",
]
