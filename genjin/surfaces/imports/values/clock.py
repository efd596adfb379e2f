"""Times of day at the end of a text: 14:30, 14点半, 下午2:30, 2:30 PM, 9:00-10:00."""

from __future__ import annotations

import re
from datetime import time

_EARLY = "凌晨|清晨|早晨|早上|上午|早"
_NOON = "中午"
_LATE = "下午|午后|傍晚|晚上|夜里|晚"
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:(?:[:点时] ?(?:(?P<minute>\d{1,2})(?:[:分] ?(?P<second>\d{1,2}(?:\.\d+)?)?秒?|分)?"
    r"|(?P<part>半|一刻|三刻|整|钟)))|[点时])"
)
_TIME = re.compile(
    rf"(?:^|[ T,]|(?<=[日号\d)]))\(?(?P<half>{_EARLY}|{_NOON}|{_LATE}|[ap]\.?m\.?)? ?{_CLOCK} ?(?P<after>[ap]\.?m\.?)?"
    r"(?: ?[-~至到—–] ?(?:上午|下午)?\d{1,2}[:点时](?:\d{1,2}分?)?(?::\d{1,2})?)?\)?$",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?:^|[ T,])(?P<hour>\d{1,2}) ?(?P<after>[ap]\.?m\.?)$", re.IGNORECASE)
_HALF_DAY = re.compile(rf"[ ,]*\(?(?P<half>{_EARLY}|{_NOON}|{_LATE})\)?$")
_FOURTEEN = re.compile(r"(\d{8})(\d{2})(\d{2})(\d{2})?")
_PARTS = {"半": 30, "一刻": 15, "三刻": 45, "整": 0, "钟": 0}


def split_time(text: str) -> tuple[str, time | None]:
    """What stands before the time, and the time; (text, None) when none is there or it is no time of day."""
    digits = _FOURTEEN.fullmatch(text)
    if digits:
        return _or_whole(text, digits[1], int(digits[2]), int(digits[3]), int(digits[4] or 0))
    found = _TIME.search(text)
    if found:
        minute = _PARTS[found["part"]] if found["part"] else int(found["minute"] or 0)
        hour = _hour(int(found["hour"]), (found["half"] or found["after"] or "").lower().replace(".", ""))
        return _or_whole(text, text[: found.start()], hour, minute, int(float(found["second"] or 0)))
    bare = _BARE.search(text)
    if bare:
        hour = _hour(int(bare["hour"]), bare["after"].lower().replace(".", ""))
        return _or_whole(text, text[: bare.start()], hour, 0, 0)
    return text, None


def split_half(text: str) -> tuple[str, str]:
    """What stands before 上午, 晚上 … at the end, and that word; (text, "") without."""
    found = _HALF_DAY.search(text)
    return (text[: found.start()].strip(), found["half"]) if found else (text, "")


def _hour(hour: int, half: str) -> int:
    """The hour of 24: noon and midnight are 12 in both halves."""
    if half in ("pm", *_LATE.split("|")):
        return hour + 12 if 1 <= hour < 12 else hour
    if half == _NOON:
        return hour + 12 if hour in (1, 2) else hour
    if half in ("am", "凌晨") and hour == 12:
        return 0
    return hour


def _or_whole(text: str, before: str, hour: int, minute: int, second: int) -> tuple[str, time | None]:
    if hour == 24 and not minute and not second:
        hour = 0  # the midnight that ends a day is written for its beginning too
    if hour > 23 or minute > 59 or second > 59:
        return text, None
    return before.strip(" ,T"), time(hour, minute, second)
