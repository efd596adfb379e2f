"""The rules that a company begins with (B20): fit by what is known of the company, wish by channel, contacts and plans.
They are a beginning: whom a company wants is only known to itself.
"""

from __future__ import annotations

from genjin.scoring.rules import RECENT, Part, Rule, Scheme

MATCH, INTENTION = Part.MATCH, Part.INTENTION


def _recent(signal: str, least: int, days: int, points: int) -> Rule:
    return Rule(INTENTION, f"@{signal}", RECENT, (str(least), str(days)), points)


_CONTACTS = (
    _recent("reached", 1, 30, 12),
    _recent("reached", 3, 60, 8),
    _recent("visit", 1, 90, 15),
    _recent("certain", 1, 60, 20),
    _recent("no_wish", 1, 60, -20),
    _recent("plan_kept", 1, 60, 6),
)
_CHANNELS = (
    Rule(INTENTION, "source", "in", ("friend", "referral"), 18),
    Rule(INTENTION, "source", "in", ("hotline", "walk_in"), 15),
    Rule(INTENTION, "source", "in", ("event", "exhibition", "internet"), 10),
)
LEADS = Scheme(
    (
        Rule(MATCH, "level", "in", ("A",), 20),
        Rule(MATCH, "level", "in", ("B",), 12),
        Rule(MATCH, "quality", "in", ("high",), 15),
        Rule(MATCH, "quality", "in", ("medium",), 8),
        Rule(MATCH, "industry", "filled", (), 10),
        Rule(MATCH, "region", "filled", (), 8),
        Rule(MATCH, "position", "contains", ("总",), 12),
        Rule(MATCH, "position", "contains", ("经理",), 8),
        *_CHANNELS,
        *_CONTACTS,
        Rule(INTENTION, "next_contact_at", "filled", (), 6),
    )
)
OPPORTUNITIES = Scheme(
    (
        Rule(MATCH, "amount", "gte", ("100000",), 14),
        Rule(MATCH, "amount", "gte", ("500000",), 12),
        Rule(MATCH, "amount", "gte", ("2000000",), 12),
        Rule(MATCH, "need", "filled", (), 12),
        Rule(MATCH, "budget_max", "filled", (), 12),
        *_CHANNELS,
        *_CONTACTS,
        Rule(INTENTION, "expected_on", "next", ("30",), 14),
        Rule(INTENTION, "expected_on", "next", ("90",), 8),
        Rule(INTENTION, "expected_on", "past", ("1",), -10),
    )
)
