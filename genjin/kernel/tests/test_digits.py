"""Numbers from outside, however long: never an error page (trust 4.2)."""

from __future__ import annotations

import pytest

from genjin.kernel.digits import number_in
from genjin.opportunities.tests.factories import make_opportunity
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import visitor

LONG = "9" * 5000


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("007", 7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("", None),
        ("-1", None),
        ("１２", None),
        ("²", None),
    ],
)
def test_only_digits_of_an_id_are_one(text: str, number: int | None) -> None:
    assert number_in(text) == number


def test_thousands_of_digits_are_no_number_anywhere(cast: Cast) -> None:
    row = make_opportunity(cast.actor("owner"))
    client = visitor(cast.owner)
    for address in (
        f"/opportunities/{row.pk}/comments?before={LONG}",
        f"/opportunities/board?owner={LONG}&department={LONG}",
        f"/opportunities?f=1&owner.in={LONG}",
        f"/leads?f=1&campaigns_of={LONG}",
    ):
        assert client.get(address).status_code == 200, address[:60]
    edited = client.post(f"/opportunities/{row.pk}/edit", {"version": LONG, "name": "新名称"})
    assert edited.status_code == 302
    administrator = visitor(cast.administrator)
    for address in ("/settings/pools/new", "/settings/duplicates/new", "/settings/allocation/new"):
        sent = {"version": LONG, "member": LONG, "fallback": LONG, "pool": LONG}
        assert administrator.post(address, sent).status_code == 422, address
