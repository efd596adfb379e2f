"""Making, renewing and revoking the address under which other calendars read one's plans."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number
from genjin.kernel.recording import record
from genjin.kernel.refusal import Forbidden, Refused
from genjin.org.queries import hash_token
from genjin.plans.models import CalendarFeed
from genjin.plans.queries import live_feed


@action(
    "plans.make_feed",
    on=CalendarFeed,
    needs="plans.subscribe",
    label=gettext_lazy("生成订阅地址"),
    icon="link",
    listed=False,
)
def make_feed(actor: Actor) -> tuple[CalendarFeed, str]:
    """(row, the secret of the address), which is shown this once; an earlier address ends. Raises Forbidden for the
    system."""
    if actor.member_id is None:
        raise Forbidden
    _end(actor)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed(member_id=actor.member_id, token_hash=hash_token(secret), hint=secret[-4:])
    record(actor, feed)
    return feed, secret


@action(
    "plans.revoke_feed", on=None, needs="plans.subscribe", label=gettext_lazy("停用订阅地址"), icon="x", listed=False
)
def revoke_feed(actor: Actor) -> None:
    """End one's address at once. Raises Refused("no_feed")."""
    if not _end(actor):
        raise Refused("no_feed", _("没有正在使用的订阅地址"))


@action(
    "plans.touch_feed",
    on=None,
    needs="plans.subscribe",
    label=gettext_lazy("读取订阅地址"),
    silent="reading one's own plans is no business event",
    listed=False,
)
def touch_feed(actor: Actor, *, feed: Annotated[int, Number(key="feed", label=gettext_lazy("订阅地址"))]) -> None:
    """Note when an address was last read, to the hour."""
    now = actor.now()
    rows = CalendarFeed.objects.filter(pk=feed, member_id=actor.member_id or 0)
    rows.exclude(used_at__gt=now - timedelta(hours=1)).update(used_at=now)


def _end(actor: Actor) -> bool:
    feed = live_feed(actor, lock=True)
    if feed is None:
        return False
    feed.revoked_at = actor.now()
    record(actor, feed)
    return True
