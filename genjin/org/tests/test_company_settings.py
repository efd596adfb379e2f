"""Company settings: declared values with defaults, changed by who may, never over somebody else's change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from genjin.customers.rhythm import DAYS, LEAST_DAYS, OF_LEVEL, SECTION
from genjin.kernel.company_settings import declare_setting
from genjin.kernel.fields import Number
from genjin.kernel.models.events import EventPayload
from genjin.kernel.models.options import Setting
from genjin.kernel.refusal import Forbidden, Invalid, Refused, Stale
from genjin.org.actions.options import add_option, retire_option
from genjin.org.actions.settings import change_settings
from genjin.org.queries.audit import Asked, audit_page
from genjin.testing.cast import PASSWORD, Cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
ADDRESS = "/settings/rules/rhythm"


@pytest.fixture
def signed_in(cast: Cast) -> Callable[[str], Client]:
    def sign_in(part: str) -> Client:
        client = Client()
        client.post("/sign-in", {"name": part, "password": PASSWORD})
        return client

    return sign_in


def sent(was: dict[str, Any], **changed: Any) -> dict[str, Any]:
    values = {**was, **{key.replace("__", "."): value for key, value in changed.items()}}
    return {**values, "drawn": ",".join(values), "was": json.dumps(was)}


def test_what_nobody_set_is_its_default(cast: Cast) -> None:
    stamp = cast.actor("owner").stamp

    assert LEAST_DAYS.at(stamp) == 1
    assert DAYS.at(stamp) == {"key": 7, "quality": 14, "ordinary": 30, "potential": 15, "care": 90}
    assert DAYS.of("", stamp) == DAYS.of("gone", stamp) == 30


def test_reading_asks_the_database_nothing(cast: Cast, django_assert_num_queries: Any) -> None:
    actor = cast.actor("owner")
    LEAST_DAYS.at(actor.stamp)
    DAYS.at(actor.stamp)

    with django_assert_num_queries(0):
        assert (LEAST_DAYS.at(actor.stamp), DAYS.of("key", actor.stamp)) == (1, 7)


def test_a_change_is_in_force_at_the_next_request_and_written_down(cast: Cast) -> None:
    admin = cast.actor("administrator")
    values = {"customers.least_days": "0", "customers.rhythm_days.key": 5, "customers.rhythm_of_level.C": "potential"}
    change_settings.run(admin, None, {"changes": values})

    stamp = cast.actor("owner").stamp
    assert (LEAST_DAYS.at(stamp), DAYS.of("key", stamp), OF_LEVEL.of("C", stamp)) == (0, 5, "potential")
    assert LEAST_DAYS.at(admin.stamp) == 1 or admin.stamp != stamp
    changes = [c["value"] for c in EventPayload.objects.order_by("row_id").values_list("changes", flat=True)]
    assert changes[-3:] == [[1, 0], [7, 5], ["ordinary", "potential"]]


def test_the_audit_log_tells_setting_old_and_new_in_words(cast: Cast) -> None:
    change_settings(cast.actor("administrator"), changes={"customers.rhythm_days.key": 5})
    change_settings(cast.actor("administrator"), changes={"customers.rhythm_days.key": 6})

    lines, _before = audit_page(cast.actor("administrator"), Asked(row_type="setting"))
    assert [row.title for line in lines for row in line.rows] == ["最长间隔 · 重点"] * 2
    assert [row.changes for line in lines for row in line.rows] == [
        [("设置值", "5 天", "6 天")],
        [("设置值", "7 天", "5 天")],
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"customers.rhythm_days.key": "0"},
        {"customers.rhythm_days.key": "often"},
        {"customers.rhythm_days.key": ""},
        {"customers.rhythm_days.key": None},
        {"customers.rhythm_of_level.A": "weekly"},
        {"customers.least_days": "-1"},
        {"customers.rhythm_days.nothing": 3},
        {"customers.rhythm_days": 3},
        {"nowhere": 1},
    ],
)
def test_a_bad_value_is_refused_and_changes_nothing(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        change_settings.run(cast.actor("administrator"), None, {"changes": {"customers.least_days": 3, **values}})

    assert not Setting.objects.exists()


def test_who_may_not_is_refused(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    with pytest.raises(Forbidden):
        change_settings(cast.actor("manager"), changes={"customers.least_days": 3})

    client = signed_in("manager")
    assert client.get("/settings/rules").status_code == client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, {"drawn": "customers.least_days", "customers.least_days": "3"}).status_code == 403
    assert not Setting.objects.exists()


def test_saving_what_stands_already_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="没有改动"):
        change_settings(cast.actor("administrator"), changes={"customers.least_days": 1})


def test_two_people_changing_different_settings_both_stay(cast: Cast) -> None:
    admin = cast.actor("administrator")
    seen = {"customers.least_days": "1", "customers.rhythm_days.key": "7"}
    change_settings(admin, changes={"customers.least_days": 2}, seen={"customers.least_days": "1"})
    change_settings(admin, changes={"customers.rhythm_days.key": 8}, seen=seen)

    stamp = cast.actor("owner").stamp
    assert (LEAST_DAYS.at(stamp), DAYS.of("key", stamp)) == (2, 8)


def test_two_people_changing_the_same_setting_do_not_overwrite_each_other(cast: Cast) -> None:
    admin = cast.actor("administrator")
    change_settings(admin, changes={"customers.least_days": 2})

    with pytest.raises(Stale) as refusal:
        change_settings(admin, changes={"customers.least_days": 3}, seen={"customers.least_days": "1"})
    assert refusal.value.facts["differences"] == {"customers.least_days": (2, 3)}
    assert LEAST_DAYS.at(cast.actor("owner").stamp) == 2
    with pytest.raises(Refused, match="没有改动"):  # both wanted the same: nothing to decide
        change_settings(admin, changes={"customers.least_days": 2}, seen={"customers.least_days": "1"})


def test_the_page_shows_both_values_and_lets_the_second_editor_choose(
    cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("administrator")
    change_settings(cast.actor("administrator"), changes={"customers.least_days": 2})

    was = {"customers.least_days": "1", "customers.rhythm_days.key": "7"}
    typed = sent(was, customers__least_days="3", customers__rhythm_days__key="9")
    answer = client.post(ADDRESS, typed, headers=HTMX)
    assert answer.status_code == 409
    assert "2 天" in answer.text
    assert "take.customers.least_days" in answer.text

    now = json.dumps({**was, "customers.least_days": "2"})
    chosen = client.post(ADDRESS, {**typed, "was": now, "take.customers.least_days": "mine"})
    assert chosen.status_code == 302
    stamp = cast.actor("owner").stamp
    assert (LEAST_DAYS.at(stamp), DAYS.of("key", stamp)) == (3, 9)


def test_the_page_tells_at_the_field_what_is_wrong(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    typed = sent({"customers.least_days": "1"}, customers__least_days="99")
    answer = signed_in("administrator").post(ADDRESS, typed, headers=HTMX)

    assert answer.status_code == 422
    assert "不能大于 30" in answer.text
    assert 'value="99"' in answer.text


def test_a_saved_change_can_be_undone_from_its_toast(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("administrator")
    answer = client.post(ADDRESS, sent({"customers.least_days": "1"}, customers__least_days="4"))
    undo = json.loads(unquote(answer.cookies["flash"].value))["undo"]
    assert LEAST_DAYS.at(cast.actor("owner").stamp) == 4

    assert client.post(undo).status_code == 302
    assert LEAST_DAYS.at(cast.actor("owner").stamp) == 1


def test_an_option_that_was_added_has_a_value_and_a_retired_one_keeps_its(cast: Cast) -> None:
    admin = cast.actor("administrator")
    made = add_option(admin, list_key="customer_rhythm", label="每周两次")
    admin = cast.actor("administrator")
    change_settings(admin, changes={f"customers.rhythm_days.{made.key}": 3})
    retire_option(cast.actor("administrator"), list_key="customer_rhythm", key=made.key)

    stamp = cast.actor("owner").stamp
    assert DAYS.of(made.key, stamp) == DAYS.at(stamp)[made.key] == 3


def test_a_stored_value_that_the_rules_no_longer_allow_counts_as_not_set(cast: Cast) -> None:
    admin = cast.actor("administrator")
    change_settings(admin, changes={"customers.least_days": 20})
    Setting.objects.filter(key="customers.least_days").update(value=5000)
    change_settings(cast.actor("administrator"), changes={"customers.rhythm_days.key": 8})

    assert LEAST_DAYS.at(cast.actor("owner").stamp) == 1


def test_a_key_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        declare_setting("customers.least_days", Number(key="x", label="x"), section=SECTION, default=1)
