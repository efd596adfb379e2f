"""The values of B20: parts between 0 and 50, hot from 70, warm from 40, a tenth less for every 30 days of silence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjin.scoring.rules import MOST_PART, RECENT, Band, Part, Rule, Scheme, cooled_down, score

MATCH, INTENTION = Part.MATCH, Part.INTENTION


def scheme(*points: tuple[Part, int], **more: Any) -> Scheme:
    """Rules about fields with these points."""
    return Scheme(tuple(Rule(part, f"f{n}", "filled", (), each) for n, (part, each) in enumerate(points)), **more)


@pytest.mark.parametrize(
    ("match", "intention", "quiet", "total", "band"),
    [
        (50, 50, 0, 100, Band.HOT),
        (50, 20, 0, 70, Band.HOT),
        (50, 20, 29, 70, Band.HOT),
        (50, 20, 30, 63, Band.WARM),
        (50, 30, 45, 72, Band.HOT),
        (50, 30, 60, 65, Band.WARM),
        (40, 29, 0, 69, Band.WARM),
        (20, 20, 0, 40, Band.WARM),
        (20, 19, 0, 39, Band.COLD),
        (50, 5, 30, 50, Band.WARM),  # 49.5, half up
        (50, 50, 300, 35, Band.COLD),
        (0, 0, 400, 0, Band.COLD),
        (80, 90, 0, 100, Band.HOT),
        (-10, 30, 0, 30, Band.COLD),
    ],
)
def test_b20_parts_bands_and_decay(match: int, intention: int, quiet: int, total: int, band: Band) -> None:
    rules = scheme((MATCH, match), (INTENTION, intention))
    found = score(rules, [True, True], {}, quiet)
    assert (found.total, rules.band(found.total)) == (total, band)
    assert score(rules, [False, False], {}, quiet).total == 0


def test_signals_count_within_their_days_and_time_alone_changes_a_score_on_a_known_day() -> None:
    rules = Scheme((Rule(INTENTION, "@visit", RECENT, ("2", "30"), 20),))
    assert score(rules, [False], {"visit": [3]}, 3).total == 0
    found = score(rules, [False], {"visit": [3, 28, 90]}, 3)
    assert (found.total, found.changes_in) == (20, 3)  # on day 31 the second one no longer counts
    assert score(rules, [False], {"visit": [6, 31, 93]}, 6).total == 0
    still = scheme((MATCH, 30))
    assert score(still, [True], {}, 29).changes_in == 1
    assert score(still, [True], {}, 30).changes_in == 30
    assert score(still, [False], {}, 5).changes_in is None
    assert score(scheme((MATCH, 30), percent=0), [True], {}, 500).changes_in is None
    assert score(still, [True], {}, 5, boundary=7).changes_in == 7


POINTS = st.lists(st.tuples(st.sampled_from(Part), st.integers(-200, 200)), max_size=12)


@given(POINTS, st.data(), st.integers(0, 5_000), st.integers(0, 90), st.integers(1, 365))
def test_no_rules_lead_beyond_the_bounds(
    points: list[tuple[Part, int]], told: st.DataObject, quiet: int, percent: int, period: int
) -> None:
    rules = scheme(*points, percent=percent, period=period)
    held = told.draw(st.lists(st.booleans(), min_size=len(points), max_size=len(points)))
    found = score(rules, held, {}, quiet)
    assert 0 <= found.match <= MOST_PART
    assert 0 <= found.intention <= MOST_PART
    assert 0 <= found.total <= found.match + found.intention <= 2 * MOST_PART
    later = score(rules, held, {}, quiet + period)
    assert later.total <= found.total
    assert cooled_down(found.match, percent, 0) == found.match
    if found.changes_in is not None:
        assert found.changes_in > 0
        before = score(rules, held, {}, quiet + found.changes_in - 1)
        assert before.total == found.total
