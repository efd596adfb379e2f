"""Two administrators in the editor of the same layout: both keep what they did; what both touched is asked about."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from genjin.kernel.models.definitions import Layout
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import HTMX, visitor

PAGE = "/settings/fields/customers/layout"
pytestmark = pytest.mark.django_db


def opened(client: Any) -> dict[str, list[str]]:
    """What the editor would send as it was drawn."""
    form = client.get(PAGE).content.decode().split('<form class="layout"')[1].split("</form>")[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = {
            name: html.unescape(one or other)
            for name, one, other in re.findall(r"""(\w+)=(?:"([^"]*)"|'([^']*)')""", tag)
        }
        if "name" in given and (given.get("type") != "checkbox" or " checked" in tag):
            sent.setdefault(given["name"], []).append(given.get("value", ""))
    return sent


def send(client: Any, sent: dict[str, Any]) -> tuple[int, str]:
    answer = client.post(PAGE, sent, headers=HTMX)
    told = json.loads(answer.headers.get("HX-Trigger", "{}")).get("toast", {}).get("text", "")
    return answer.status_code, told or html.unescape(answer.content.decode()) or answer.cookies.output()


def test_two_arrange_one_layout_at_once(cast: Cast) -> None:
    first, second = visitor(cast.administrator), visitor(cast.administrator)
    mine, theirs = opened(first), opened(second)
    places = list(theirs["place"])
    places.remove("f:website")
    places.insert(places.index("f:name"), "f:website")
    assert send(second, theirs | {"place": places, "ov-phone-label": ["总机"]})[0] == 204

    status, _told = send(first, mine | {"ov-phone-help": ["含区号"], "quick": [*mine["quick"], "website"]})
    assert status == 204
    row = Layout.objects.get()
    assert row.overlays["phone"] == {"label": "总机", "help": "含区号"}
    assert row.sections[0]["fields"].index("website") < row.sections[0]["fields"].index("name")
    assert "website" in row.quick

    mine, theirs = opened(first), opened(second)
    assert send(second, theirs | {"ov-phone-label": ["前台"], "ov-email-label": ["信箱"]})[0] == 204
    status, told = send(first, mine | {"ov-phone-label": ["话机"], "ov-name-help": ["全称"]})
    assert status == 409
    assert "「电话」改名为「前台」" in told
    assert "信箱" in told
    assert cast.administrator.name in told
    assert Layout.objects.get().overlays["phone"]["label"] == "前台", "nothing is kept before he decides"
    assert send(first, mine | {"ov-phone-label": ["话机"], "ov-name-help": ["全称"], "mine": "1"})[0] == 204
    overlays = Layout.objects.get().overlays
    assert {key: overlay.get("label") for key, overlay in overlays.items()} == {
        "phone": "话机", "email": "信箱", "name": None,
    }  # fmt: skip
    damaged = mine | {"was": ["[]"], "ov-phone-label": ["电话机"]}
    assert send(first, damaged)[0] == 409, "without what was seen it is as for programs"
