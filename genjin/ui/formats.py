"""How dates, moments, numbers and names are written for people (design rules: `今天 15:00`, `11-24`, `逾期 3 天`).

Pure: the zone and the present moment are given, nothing is read from a request or the database. Words follow the
active language. Not here: how a declared field shows its value (`genjin.kernel.fields`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from genjin.kernel.wording import listed as join_listed

CAP = 10_000
EMPTY = "—"
AVATAR_COLOURS = 8
MIDNIGHT = "00:00"
_SIZES = ("B", "KB", "MB", "GB")


class Due(NamedTuple):
    """A date one must keep: its words and its tone ('bad' overdue, 'warn' today, '' later)."""

    text: str
    tone: str


@dataclass(frozen=True)
class Formats:
    """Date formats of one reader: their zone and the moment the page is made."""

    zone: ZoneInfo
    now: dt.datetime

    @cached_property
    def today(self) -> dt.date:
        """The reader's date."""
        return self.now.astimezone(self.zone).date()

    def when(self, value: dt.datetime | dt.date | None) -> str:
        """`今天 15:00`, `昨天 17:20`, `明天 09:30`, `11-24`, `2025-11-24`; a day without a time of day (a
        date, midnight) has no time."""
        if value is None:
            return EMPTY
        day, clock = self._split(value)
        near = self._near(day)
        if not near:
            return self._short(day)
        return f"{near} {clock}" if clock and clock != MIDNIGHT else near

    def moment(self, value: dt.datetime | None) -> str:
        """`2026-11-24 15:00`: exact, for titles and audit rows."""
        return value.astimezone(self.zone).isoformat(" ", "minutes")[:16] if value else EMPTY

    def clock(self, value: dt.datetime) -> str:
        """`15:00`."""
        return self._split(value)[1]

    def day(self, value: dt.datetime | dt.date) -> str:
        """`11-24`, in other years `2025-11-24`."""
        return self._short(self._split(value)[0])

    def due(self, value: dt.datetime | dt.date | None) -> Due:
        """A planned date: `逾期 3 天` (bad), `今天 10:30` (bad once past, else warn), `明天 09:30`, `11-24`. Midnight
        is a day without a time of day: `今天` (warn)."""
        if value is None:
            return Due(EMPTY, "")
        day, clock = self._split(value)
        if clock == MIDNIGHT:
            value = day
        late = (self.today - day).days
        if late > 0:
            return Due(ngettext("逾期 %(days)d 天", "逾期 %(days)d 天", late) % {"days": late}, "bad")
        if late < 0:
            return Due(self.when(value), "")
        past = isinstance(value, dt.datetime) and value < self.now
        return Due(self.when(value), "bad" if past else "warn")

    def ago(self, value: dt.datetime | None) -> str:
        """`刚刚`, `5 分钟前`, `2 小时前` on the same day; else as when()."""
        if value is None:
            return EMPTY
        seconds = (self.now - value).total_seconds()
        if seconds < 0 or self._split(value)[0] != self.today:
            return self.when(value)
        if seconds < 60:
            return gettext("刚刚")
        minutes = int(seconds // 60)
        if minutes < 60:
            return ngettext("%(n)d 分钟前", "%(n)d 分钟前", minutes) % {"n": minutes}
        return ngettext("%(n)d 小时前", "%(n)d 小时前", minutes // 60) % {"n": minutes // 60}

    def day_heading(self, value: dt.datetime | dt.date) -> str:
        """`今天 · 11 月 21 日 周六`, `11 月 18 日 周三`, in other years with the year."""
        day, _clock = self._split(value)
        weekday = weekday_name(day)
        if day.year == self.today.year:
            text = gettext("%(month)d 月 %(day)d 日 %(weekday)s")
        else:
            text = gettext("%(year)d 年 %(month)d 月 %(day)d 日 %(weekday)s")
        words = text % {"year": day.year, "month": day.month, "day": day.day, "weekday": weekday}
        near = self._near(day)
        return f"{near} · {words}" if near else words

    def left(self, until: dt.datetime) -> str:
        """`还剩 3 小时 42 分`, `还剩 18 天`, `已到期`."""
        return remaining((until - self.now).total_seconds())

    def _split(self, value: dt.datetime | dt.date) -> tuple[dt.date, str]:
        if isinstance(value, dt.datetime):
            local = value.astimezone(self.zone)
            return local.date(), f"{local.hour:02d}:{local.minute:02d}"
        return value, ""

    def _short(self, day: dt.date) -> str:
        return f"{day.month:02d}-{day.day:02d}" if day.year == self.today.year else day.isoformat()

    def _near(self, day: dt.date) -> str:
        distance = (day - self.today).days
        if distance == 0:
            return gettext("今天")
        if distance == 1:
            return gettext("明天")
        return gettext("昨天") if distance == -1 else ""


def weekday_name(day: dt.date) -> str:
    """`周三` (Wed)."""
    return str(_WEEKDAYS[day.weekday()])


_WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)


def remaining(seconds: float) -> str:
    """The time left in words: days above two days, else hours and minutes."""
    if seconds <= 0:
        return gettext("已到期")
    minutes = int(seconds // 60)
    days, hours = minutes // 1440, minutes // 60
    if days >= 2:
        return ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", days) % {"n": days}
    if hours:
        return gettext("还剩 %(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes % 60}
    return gettext("还剩 %(minutes)d 分") % {"minutes": minutes}


def number(value: int | float | Decimal | None, places: int | None = None) -> str:
    """`1,860`; with places fixed decimals, else as many as there are. `—` for none."""
    if value is None:
        return EMPTY
    if places is not None:
        return f"{value:,.{places}f}"
    if isinstance(value, int):
        return f"{value:,}"
    text = f"{Decimal(str(value)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(yuan: int | Decimal | None) -> str:
    """`¥9,800`, `¥1,860 万`, `¥1.06 亿`; in English `¥18.6M`. `—` for none."""
    if yuan is None:
        return EMPTY
    amount = Decimal(yuan)
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    steps = _ENGLISH_STEPS if (get_language() or "").startswith("en") else _CHINESE_STEPS
    for least, one, unit, places in steps:
        if size >= least:
            return f"{sign}¥{_rounded(size / one, places)}{unit}"
    return f"{sign}¥{_rounded(size, 2)}"


_CHINESE_STEPS = ((10**8, 10**8, " 亿", 2), (10**4, 10**4, " 万", 2))  # from, one unit, its word, decimals
_ENGLISH_STEPS = ((10**9, 10**9, "B", 2), (10**6, 10**6, "M", 2), (10**4, 10**3, "K", 1))


def _rounded(value: Decimal, places: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def capped_count(count: int, cap: int = CAP) -> str:
    """`412`, and `10,000+` above the cap (counts are never taken further)."""
    return f"{cap:,}+" if count > cap else f"{count:,}"


def file_size(size: int) -> str:
    """`820 B`, `1.2 MB`."""
    amount = float(size)
    unit = _SIZES[0]
    for unit in _SIZES:
        if amount < 1024 or unit == _SIZES[-1]:
            break
        amount /= 1024
    return f"{size} B" if unit == "B" else f"{amount:.1f} {unit}"


def ell(text: str, most: int) -> str:
    """The text cut to `most` characters with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def listed(words: Sequence[str], most: int = 3) -> str:
    """`甲、乙、丙 等 8 项` for chips and sentences."""
    shown = join_listed(words[:most])
    if len(words) <= most:
        return shown
    return gettext("%(some)s 等 %(count)d 项") % {"some": shown, "count": len(words)}


_BRACKETED = re.compile(r"[（(][^（）()]*[）)]$")


def avatar_letters(name: str, *, long: bool = False) -> str:
    """The last character of a Chinese name (last two in larger avatars); initials of a Latin one."""
    words = name.split()
    if name.isascii() and words:
        initials = "".join(word[0] for word in words[:2]).upper()
        return initials if long else initials[:1]
    compact = "".join(words)
    compact = _BRACKETED.sub("", compact) or compact
    return compact[-2:] if long else compact[-1:]


def avatar_colour(name: str) -> int:
    """One of eight colours, always the same for a name."""
    return hashlib.md5(name.encode(), usedforsecurity=False).digest()[0] % AVATAR_COLOURS
