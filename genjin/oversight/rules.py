"""When viewing is unusual. Pure."""

from __future__ import annotations


def in_the_last_hour(this_hour: int, hour_before: int, minutes: int) -> int:
    """What the last sixty minutes hold, by counts of the clock: this hour and what is left of the one before."""
    return this_hour + hour_before * max(0, 60 - minutes) // 60


def crossed(hourly: int, daily: int, lines: tuple[int, int]) -> int:
    """The line that was reached: that of the hour first, 0 for none. A line of 0 is none."""
    hour_line, day_line = lines
    if hour_line and hourly >= hour_line:
        return hour_line
    return day_line if day_line and daily >= day_line else 0
