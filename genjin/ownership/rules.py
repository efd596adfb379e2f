"""Rules of pools that need no database (B4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any


def claimable_from(
    claims: Mapping[str, Any], claimable_at: datetime | None, pooled_at: datetime | None, *, his_own: bool
) -> datetime | None:
    """From when on a member may claim a record of a pool with these `claims`: the end of the new-data block (P1-4) and,
    for its last owner (`his_own`), of the cool-down of so many hours since he lost it (P1-5). None: at once."""
    ends = [claimable_at]
    hours = claims.get("cooldown_hours") or 0
    if his_own and hours and pooled_at:
        ends.append(pooled_at + timedelta(hours=hours))
    return max((end for end in ends if end), default=None)
