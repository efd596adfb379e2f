"""B20: links of a public form with codes of their own, so that one knows where somebody came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import time_machine
from django.test import Client

from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.leadforms.actions import channels
from genjin.leadforms.models import FormChannel
from genjin.leadforms.tests.factories import land_all, make_form, send, sheet_in
from genjin.leads.models import Lead
from genjin.testing.cast import Cast


def run(actor: Actor, verb: str, row: int | None = None, /, **raw: Any) -> Any:
    return ACTIONS[f"leadforms.{verb}"].run(actor, row, raw)


def test_b20_links_have_codes_of_their_own(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, unchanged: Callable[[], AbstractContextManager[None]]
) -> None:
    admin = cast.actor("administrator")
    form = make_form(admin)
    run(admin, "add_channel", form=str(form.pk), name="展会海报", code="expo-26", source="exhibition")
    made = FormChannel.objects.get(form=form)
    run(admin, "add_channel", form=str(form.pk), name="名片")
    drawn = FormChannel.objects.exclude(pk=made.pk).get(form=form)
    assert len(drawn.code) == 5

    def code_of(**raw: str) -> str:
        with pytest.raises(Refused) as caught:
            run(admin, "add_channel", form=str(form.pk), **raw)
        assert caught.value.field in ("code", None)
        return caught.value.code

    with unchanged():
        assert code_of(name="再一张", code="expo-26") == "same_code"
        assert code_of(name="再一张", code="展会") == "bad_code"
        with pytest.raises(NotFound):
            run(admin, "edit_channel", form.pk, name="不是渠道")
        for verb, name in (("edit_channel", "我的"), ("end_channel", ""), ("resume_channel", "")):
            with pytest.raises((Forbidden, NotFound)):
                run(cast.actor("owner"), verb, made.pk, **({"name": name} if name else {}))
        monkeypatch.setattr(channels, "MOST_CHANNELS", 2)
        assert code_of(name="第三张") == "too_many"

    run(admin, "edit_channel", made.pk, name="春季展会海报", source="internet")
    run(admin, "end_channel", made.pk)
    made.refresh_from_db()
    assert (made.name, made.source, made.code, made.ended) == ("春季展会海报", "internet", "expo-26", True)
    browser = Client()
    with time_machine.travel(dt.datetime.now(dt.UTC)) as clock:
        sheet = sheet_in(browser.get(f"/f/{form.key}?c=expo-26"))  # a printed link stays good
        clock.shift(20)
        send(browser, form, sheet)
    (landed,) = land_all()
    assert landed.channel_id == made.pk
    assert Lead.objects.get(pk=landed.lead_id or 0).source == "internet"
    run(admin, "resume_channel", made.pk)
    made.refresh_from_db()
    assert not made.ended
