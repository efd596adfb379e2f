"""Drawing lots (B20): even chances, and whoever knows the seed in the ledger's event can draw the same lot again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection


def drawn(seed: str, able: Collection[int]) -> int | None:
    """The lot among those who can; None when nobody can. The order in which they are named makes no difference."""
    if not able:
        return None
    ranked = sorted(able)
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    return ranked[number % len(ranked)]
