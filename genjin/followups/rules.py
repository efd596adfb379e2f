"""Rules of follow-ups without a database: when a contact may have been, how long it may be corrected (B7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused

TOLERANCE = timedelta(minutes=5)
CORRECTABLE = timedelta(hours=24)


def check_moment(occurred_at: datetime, now: datetime) -> None:
    """Refuse a contact in the future; clocks may differ by five minutes. Raises Refused("future")."""
    if occurred_at > now + TOLERANCE:
        raise Refused("future", _("跟进时间不能晚于现在；还没发生的请写在「下次联系」里"), "occurred_at")


def in_time(written_at: datetime, now: datetime) -> bool:
    """Whether the author may still correct it: exactly 24 hours is in time."""
    return now - written_at <= CORRECTABLE
