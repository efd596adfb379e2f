"""What the pages of forms tell colleagues before anybody outside can fill one in."""

from __future__ import annotations

from typing import Any

from genjin.leadforms.actions.forms import open_form
from genjin.leadforms.models import FormChannel
from genjin.leadforms.tests.factories import make_form
from genjin.testing.cast import Cast
from genjin.ui.tests.visitors import visitor

NOT_YET = "扫码或打开链接都还不能填写"


def test_who_has_the_code_is_told_that_the_form_is_not_open_yet(cast: Cast) -> None:
    actor = cast.actor("administrator")
    form = make_form(actor, opened=False)
    browser = visitor(cast.administrator)
    assert NOT_YET in browser.get(f"/lead-forms/{form.pk}").content.decode()
    open_form(actor, form.pk)
    assert NOT_YET not in browser.get(f"/lead-forms/{form.pk}").content.decode()


def test_the_days_of_a_form_are_told_as_people_say_them(cast: Cast) -> None:
    actor = cast.actor("administrator")
    browser = visitor(cast.administrator)
    opens: dict[str, Any] = {"opens_at": "2019-03-01T09:00"}
    closes: dict[str, Any] = {"closes_at": "2099-03-05T18:00"}
    for given, said in (
        ({}, "<dd>不限</dd>"),
        (opens, "2019-03-01 09:00 起</dd>"),
        (closes, "<dd>到 2099-03-05 18:00 为止</dd>"),
        (opens | closes, "2019-03-01 09:00 – 2099-03-05 18:00</dd>"),
    ):
        form = make_form(actor, f"表单{len(said)}", **given)
        assert said in browser.get(f"/lead-forms/{form.pk}").content.decode()


def test_the_dialog_of_a_channel_can_be_sent_by_a_browser(cast: Cast) -> None:
    """An input called `form` would hide the property by which htmx finds what it sends: nothing would be sent."""
    form = make_form(cast.actor("administrator"))
    browser = visitor(cast.administrator)
    address = f"/lead-forms/{form.pk}/channels/new"
    drawn = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'name="name"' in drawn
    assert 'name="form"' not in drawn
    browser.post(address, {"name": "朋友圈海报", "code": "", "source": ""})
    assert FormChannel.objects.get(form=form).name == "朋友圈海报"
