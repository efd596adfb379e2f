"""How often one caller may ask: so many calls in a minute, counted in each web process (V2.4.1, API4)."""

from __future__ import annotations

import time

from django.core.cache import cache

CALLS = 600
WINDOW = 60


def seconds_to_wait(caller: str) -> int:
    """0 when the caller may go on, else how long until the next window."""
    now = int(time.time())
    key = f"api-calls:{caller}:{now // WINDOW}"
    if cache.add(key, 1, WINDOW):
        return 0
    try:
        count = cache.incr(key)
    except ValueError:
        return 0
    return WINDOW - now % WINDOW if count > CALLS else 0
