"""Nobody receives a word of what he may not see: each owner's mark stands in every text of his records, and every
answer to everybody else is searched for it. What is hidden changes no byte either (trust flaws 1, 3, 4).
"""

from __future__ import annotations

import pytest

from genjin.testing.inputs import traces
from genjin.testing.tests.conftest import Walk
from genjin.testing.walking import assert_nothing
from genjin.testing.world import OWNERS, READERS

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def test_nobody_receives_what_he_may_not_see(walk: Walk) -> None:
    found = []
    for part, answers in walk.answers.items():
        words = [(word, owner) for owner in OWNERS if part not in READERS[owner] for word in traces(owner)]
        for _address, answer in answers.values() if words else ():
            told = (answer.body + str(answer.headers)).lower()
            found += [f"{answer} tells {word} of {owner}" for word, owner in words if word in told]
    assert_nothing(found)


def test_whoever_may_see_does_receive_the_marks(walk: Walk) -> None:
    """The guard above looks where the marks really are."""
    for owner in ("owner", "manager"):
        doors = {a.door.name or a.door.route for a, answer in walk.answers[owner].values() if told(answer.body, owner)}
        assert {
            "list", "record", "timeline", "edit", "fact", "palette", "choices", "inbox", "imports", "file",
            "record-files", "record-comments", "related", "customer-followups", "followup-statistics",
            "api/v1/<slug:plural>",
            "api/v1/<slug:plural>/<int:row_id>", "api/v1/<slug:plural>/<int:row_id>/timeline",
            "api/v1/<slug:plural>/<int:row_id>/comments",
        } <= doors  # fmt: skip
    seen = {a.door.name for a, answer in walk.answers["manager"].values() if told(answer.body, "owner")}
    assert {"list", "record", "timeline", "palette", "choices", "file"} <= seen


def told(body: str, owner: str) -> bool:
    body = body.lower()
    return any(word in body for word in traces(owner))


def test_hidden_records_change_no_byte_of_what_others_receive(walk: Walk) -> None:
    """Before and after stranger and manager had records at all: pages, counts, statistics, searches, ETags."""
    found = []
    for path, before in walk.before.items():
        after = walk.answers["owner"][path][1]
        if not before.tells_as(after):
            found.append(f"{after}: was {before.status}, {len(before.body)} characters, is {len(after.body)}")
    assert len(walk.before) > 200
    assert_nothing(found)


def test_a_foreign_id_and_an_absent_one_are_answered_alike(walk: Walk) -> None:
    found = []
    for owner in OWNERS:
        for part in set(walk.absent) - READERS[owner]:
            for path, other in walk.absent[part][owner]:
                answer = walk.answers[part][path][1]
                if not answer.tells_as(other):
                    found.append(f"{answer}, but {other}")
    assert_nothing(found)
