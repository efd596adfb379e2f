"""The workbench: whose day may be looked at, and in which order registered cards stand."""

from __future__ import annotations

import pytest
from django.test import Client

from genjin.testing.cast import Cast
from genjin.ui import workbench
from genjin.ui.tests.visitors import HTMX
from genjin.ui.workbench import Lead, Workcard


@pytest.fixture
def only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbench, "_cards", {})


def as_(member: object) -> Client:
    client = Client()
    client.force_login(member)  # type: ignore[arg-type]
    return client


def test_cards_stand_in_order_and_add_to_the_greeting(cast: Cast, only_these: None) -> None:
    workbench.register_workcard("nothing", lambda _r, _m: None, order=1)
    lead = (Lead("3", "个逾期", "bad"),)
    workbench.register_workcard("b", lambda _r, m: Workcard("ui/keys.html", {"whose": m}, lead), order=20)
    text = as_(cast.owner).get("/today").content.decode()
    assert '<b class="num bad-t">3</b> 个逾期' in text
    assert "今天没有要办的事" not in text


def test_a_workbench_without_cards_says_so(cast: Cast, only_these: None) -> None:
    text = as_(cast.owner).get("/today").content.decode()
    assert "今天没有要办的事" in text


def test_a_manager_sees_the_day_of_his_people_and_nobody_else_does(cast: Cast) -> None:
    assert as_(cast.manager).get(f"/today?member={cast.owner.pk}").status_code == 200
    for other in (cast.stranger, cast.teammate):
        assert as_(other).get(f"/today?member={cast.owner.pk}").status_code == 404
    assert as_(cast.owner).get("/today?member=abc").status_code == 404
    assert as_(cast.owner).get(f"/today?member={cast.owner.pk}").status_code == 200


def test_the_narrow_column_comes_with_a_request_of_its_own(cast: Cast, only_these: None) -> None:
    workbench.register_workcard("b", lambda _r, m: Workcard("ui/keys.html", {"whose": m}), side=True)
    client = as_(cast.owner)
    assert "启用单个字母的快捷键" not in client.get("/today").content.decode()
    assert "/today/side?member=" in client.get("/today").content.decode()
    assert "启用单个字母的快捷键" in client.get("/today/side", headers=HTMX).content.decode()
    assert "<html" in client.get("/today/side").content.decode()
    assert client.get(f"/today/side?member={cast.manager.pk}").status_code == 404


def test_a_card_is_registered_once(only_these: None) -> None:
    workbench.register_workcard("a", lambda _r, _m: None)
    with pytest.raises(ValueError, match="twice"):
        workbench.register_workcard("a", lambda _r, _m: None)
