"""A member's plans as an iCalendar (RFC 5545): reads and the text. Times are in UTC, so that no zone has to be
described; words are only those that the member may see at this moment, and no telephone numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor, Surface
from genjin.kernel.seeing import as_seen
from genjin.kernel.versions import known_moments, known_versions
from genjin.org.queries import actor_for, hash_token, organisation
from genjin.plans.models import Plan
from genjin.plans.queries import feed_of, plans_between
from genjin.plans.record import PLAN
from genjin.plans.rules import is_open, whole_day
from genjin.plans.subjects import main_of, titles_of_mains
from genjin.ui.addresses import record_url

BACK, AHEAD = timedelta(days=31), timedelta(days=366)
MOST = 1_000
USUAL_MINUTES = 30
NUMBER = re.compile(
    r"(?<!\d)(?:\+?86[ -]?)?(?:1\d{2}[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7,8}|[48]00[ -]?\d{3,4}[ -]?\d{3,4})(?!\d)"
)


def reader_of(secret: str, *, request_id: str = "") -> tuple[Actor, int] | None:
    """(the member as he may read now, the feed's id); None for an address that is wrong or revoked, or whose member has
    left, or may see no plans or subscribe to none any more."""
    feed = feed_of(hash_token(secret))
    actor = actor_for(feed.member_id, Surface.API, request_id=request_id) if feed else None
    if feed is None or actor is None or not (actor.may(PLAN.grant("see")) and actor.may(PLAN.grant("subscribe"))):
        return None
    return actor, feed.pk


def calendar_text(actor: Actor, base: str) -> str:
    """The actor's own plans of the last month and the coming year. `base`: the address of this Genjin."""
    now = timezone.now()
    found = plans_between(actor, now - BACK, now + AHEAD, {actor.member_id or 0}, MOST)
    plans = [as_seen(actor, plan) for plan in found]
    names = titles_of_mains(actor, plans)
    company = organisation(actor).company
    head = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Genjin//Plans//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(_('跟进计划') + (f' · {company}' if company else ''))}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    known = known_versions(actor, PLAN, {plan.pk: plan.version for plan in found})
    moments = known_moments(actor, PLAN, found)
    events = [
        line
        for plan in plans
        for line in _event(actor, plan, _name(names, plan), base, (known[plan.pk], moments[plan.pk]))
    ]
    return "".join(f"{folded(line)}\r\n" for line in [*head, *events, "END:VCALENDAR"])


def _name(names: dict[int, str], plan: Plan) -> str:
    main = main_of(plan)
    return names.get(main[1], "") if main else ""


def escaped(text: str) -> str:
    """Text as a value (3.3.11): backslash, semicolon, comma and line break escaped; other control characters gone."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(c for c in text if c >= " " and c != "\x7f")


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, never inside a character (3.1)."""
    pieces, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > 75:
            pieces.append(" ")
            size = 1
        pieces[-1] += character
        size += octets
    return "\r\n".join(pieces)


def _event(actor: Actor, plan: Plan, customer: str, base: str, known: tuple[int, datetime]) -> Iterable[str]:
    version, changed_at = known
    words = " · ".join(_quiet(part) for part in (plan.content, customer) if part)
    method = PLAN.keys["method"].text(plan.method, actor) if plan.method else ""
    yield "BEGIN:VEVENT"
    yield f"UID:plan-{plan.pk}@genjin"
    yield f"DTSTAMP:{_moment(changed_at)}"
    yield f"LAST-MODIFIED:{_moment(changed_at)}"
    yield f"SEQUENCE:{version}"
    yield from _times(actor, plan)
    yield f"SUMMARY:{escaped(words if is_open(plan.state) else '✓ ' + words)}"
    if method:
        yield f"DESCRIPTION:{escaped(method)}"
    yield f"URL:{base}{record_url(PLAN, plan.pk)}"
    yield "STATUS:CONFIRMED"
    yield "TRANSP:OPAQUE" if is_open(plan.state) else "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _times(actor: Actor, plan: Plan) -> Iterable[str]:
    if whole_day(plan.starts_at, actor.zone) and not plan.minutes:
        day = plan.starts_at.astimezone(actor.zone).date()
        yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
        return
    yield f"DTSTART:{_moment(plan.starts_at)}"
    yield f"DTEND:{_moment(plan.starts_at + timedelta(minutes=plan.minutes or USUAL_MINUTES))}"


def _quiet(text: str) -> str:
    return NUMBER.sub("•••", text)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
