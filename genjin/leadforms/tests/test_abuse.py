"""A public form under abuse (ASVS 2.4.1, trust flaws 8, 9, 11): a thousand posts of all sorts."""

from __future__ import annotations

import random
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from genjin.leadforms.models import Refusal, Submission
from genjin.leadforms.tests.factories import FORM, TYPED, land_all, make_form, send, sheet_in
from genjin.leads.models import Lead
from genjin.testing.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.long]
POSTS = 1_000
EVIL = (
    '"><svg onload=x>', "<script>alert(1)</script>", "=HYPERLINK(1)", "+cmd|' /C calc'!A0", "{{ 7*7 }}",
    "'; DROP TABLE x;--",
    "\x00\x08\u202egnp.exe", "＝１+１", "@SUM(A1)", "javascript:alert(1)", "%s%n", "A" * 9_000,
)  # fmt: skip
SHAPES: tuple[tuple[bytes, str], ...] = (
    (b"{}", "application/json"),
    (b"\xff\xfe\x00", FORM),
    (b"f_need=%d6%d0", FORM),
    (b"f_need=" + "乱码".encode("gbk"), FORM),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"--x", "multipart/form-data"),
    (b"a=b", FORM + "; charset=utf-16"),
    (b"&".join(b"k%d=v" % n for n in range(1_500)), FORM),
    (b"f_need=" + b"x" * 70_000, FORM),
)


def test_a_thousand_posts_leave_nothing_that_the_form_does_not_ask_for(cast: Cast) -> None:
    """Bounded work: no answer is a fault, what is stored is what is declared, a replay is counted once."""
    with time_machine.travel("2026-11-22 18:00:00+08:00", tick=False) as clock:
        form = make_form(cast.actor("administrator"))
        client, chance = Client(raise_request_exception=True), random.Random(7)  # noqa: S311 - the same each time
        address = f"/f/{form.key}"
        sheet = sheet_in(client.get(address))
        clock.shift(30)
        statuses: list[int] = []
        most = 0
        for number in range(POSTS):
            if number % 40 == 0:  # a bot net: not all from one place, not all at once
                client.defaults["REMOTE_ADDR"] = f"198.51.{number // 40}.{chance.randint(1, 250)}"
            asked: list[str] = []
            with connection.execute_wrapper(
                lambda run, sql, *rest, asked=asked: (asked.append(sql), run(sql, *rest))[1]
            ):
                statuses.append(_post(client, form, address, sheet, chance))
            most = max(most, len(asked))
    assert set(statuses) <= {200, 400, 409, 413, 415, 422, 429}
    assert most <= 40, "each post does a bounded amount of work"
    kept = list(Submission.objects.all())
    declared = {field["key"] for field in form.fields}
    assert all(set(row.values) <= declared for row in kept)
    assert len(kept) == 1, "one sheet is one submission"
    assert Refusal.objects.count() <= 200
    assert sum(row.count for row in Refusal.objects.all()) > POSTS / 2
    land_all()
    assert Lead.objects.count() <= 1


def _post(client: Client, form: Any, address: str, sheet: str, chance: random.Random) -> int:
    kind = chance.randrange(6)
    evil = chance.choice(EVIL)
    answer: Any
    if kind == 0:
        body, sort = chance.choice(SHAPES)
        answer = client.generic("POST", address, body, content_type=sort)
    elif kind == 1:  # replays, with or without changes
        answer = send(client, form, sheet, f_need=chance.choice(["想了解价格", evil]))
    elif kind == 2:  # inputs of the lead that nobody asked for
        extra: dict[str, Any] = {
            chance.choice(["owner", "f_state", "f_owner", "f_customer", "f_remarks", "id", "version"]): evil
        }
        answer = send(client, form, sheet, **extra)
    elif kind == 3:
        answer = send(client, form, evil or "x", f_contact_name=evil)
    elif kind == 4:
        answer = send(client, form, sheet[:-3] + "abc", homepage=evil)
    else:
        upload = {**TYPED, "sheet": sheet, "f_need": evil}
        answer = client.post(address, upload, headers={"User-Agent": evil[:50].replace("\x00", "").strip() or "x"})
    html = answer.content.decode()
    assert "<script>" not in html
    assert "<svg onload" not in html
    assert 'lang="zh-CN"' in html
    assert answer.cookies == {}
    return int(answer.status_code)
