"""Requests for a public form that no browser sends (ASVS 2.4.1, trust flaw 7): answered as any other."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client

from genjin.leadforms.models import Submission
from genjin.leadforms.settings import PER_ADDRESS, PER_FORM
from genjin.leadforms.tests.factories import FORM, make_form, send, sheet_in
from genjin.leadforms.tests.test_public import set_to
from genjin.testing.cast import Cast

ODD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("", {"HTTP_REFERER": "http://[x"}),
    ("", {"HTTP_REFERER": "http://[::1"}),
    ("", {"HTTP_USER_AGENT": "\x00x", "REMOTE_ADDR": "nowhere"}),
    ("?c=a%00b", {}),
    ("?c=%ED%A0%80", {}),
    ("?utm_source=%00x%ED%A0%80", {}),
)


@pytest.mark.parametrize(("query", "headers"), ODD)
def test_ASVS_2_4_1_odd_addresses_and_headers_are_no_error(cast: Cast, query: str, headers: dict[str, Any]) -> None:
    with time_machine.travel("2026-11-22 18:00:00+08:00", tick=False) as clock:
        form, client = make_form(cast.actor("administrator")), Client(**headers)
        drawn = client.get(f"/f/{form.key}{query}")
        assert drawn.status_code == 200
        clock.shift(60)
        assert "提交成功" in send(client, form, sheet_in(drawn)).content.decode()
    assert [(row.channel, row.referrer) for row in Submission.objects.all()] == [(None, "")]


def test_ASVS_2_4_1_one_network_does_not_close_a_form_for_all_others(cast: Cast) -> None:
    set_to(per_address=5, per_form=50)
    assert (PER_ADDRESS.at(cast.actor("owner").stamp), PER_FORM.at(cast.actor("owner").stamp)) == (5, 50)
    with time_machine.travel("2026-11-22 18:00:00+08:00", tick=False) as clock:
        form = make_form(cast.actor("administrator"))
        flood, other = Client(REMOTE_ADDR="203.0.113.5"), Client(REMOTE_ADDR="198.51.100.7")
        tried = [flood.post(f"/f/{form.key}", "f_need=x", content_type=FORM).status_code for _try in range(60)]
        assert set(tried[5:]) == {429}
        drawn = other.get(f"/f/{form.key}")
        clock.shift(60)
        assert send(other, form, sheet_in(drawn)).status_code == 200
    assert Submission.objects.count() == 1
