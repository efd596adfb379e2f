"""Counting of failed attempts per account-and-address and per address (ASVS 6.3.1): nobody can lock out another.

Ten failures in a quarter of an hour for one account from one address, a hundred for one address altogether. Not here:
what is attempted.
"""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused
from genjin.org.models import Attempt

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 100


class TooMany(Refused):
    """Too many failed attempts; the same for known and unknown accounts."""

    status = 429

    def __init__(self) -> None:
        super().__init__("throttled", _("尝试次数过多，请 15 分钟后再试，或联系管理员重设密码"))


def key_of(what: str, account: str, address: str) -> str:
    """The key under which attempts on one account from one address are counted; names are not kept in plain."""
    digest = hashlib.sha256(f"{account}\0{network(address)}".encode()).hexdigest()
    return f"{what}:{digest[:60]}"


def network(address: str) -> str:
    """The address as it counts: a whole /64 for IPv6, because one machine has it all."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    return str(ipaddress.ip_network(f"{known}/64", strict=False)) if known.version == 6 else str(known)


def check_attempts(*keys: tuple[str, int]) -> None:
    """Raises TooMany when any (key, limit) is used up. The first key's row stays locked, so that guesses queue."""
    begin = timezone.now() - WINDOW
    Attempt.objects.get_or_create(key=keys[0][0])
    Attempt.objects.select_for_update().get(key=keys[0][0])
    counts = dict(
        Attempt.objects.filter(key__in=[k for k, _n in keys], window_start__gt=begin).values_list("key", "count")
    )
    if any(counts.get(key, 0) >= limit for key, limit in keys):
        raise TooMany


def count_failure(*keys: str) -> None:
    """One more failure; a window that is over begins anew."""
    now = timezone.now()
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute(
                "INSERT INTO org_attempt AS a (key, count, window_start) VALUES (%s, 1, %s) ON CONFLICT (key) DO UPDATE"
                " SET count = CASE WHEN a.window_start < %s THEN 1 ELSE a.count + 1 END,"
                " window_start = CASE WHEN a.window_start < %s THEN excluded.window_start ELSE a.window_start END",
                [key, now, now - WINDOW, now - WINDOW],
            )


def forget_failures(key: str) -> None:
    """A success starts the count anew for this account from this address."""
    Attempt.objects.filter(key=key).delete()
