"""Forms for tests, and what the public sends."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from genjin.kernel.actor import Actor, system
from genjin.leadforms.actions.forms import create_form, open_form
from genjin.leadforms.actions.landing import land
from genjin.leadforms.grants import RECEIVE
from genjin.leadforms.models import LeadForm, Submission
from genjin.leadforms.rules import State

FIELDS = [
    {"key": "contact_name", "label": "您的称呼", "required": True},
    {"key": "mobile", "required": True, "help": "方便我们回电"},
    {"key": "company"},
    {"key": "need"},
]
TYPED = {
    "f_contact_name": "陆怀瑾",
    "f_mobile": "13800138000",
    "f_company": "",
    "f_need": "想了解价格",
    "agreed": "yes",
}
FORM = "application/x-www-form-urlencoded"


def make_form(actor: Actor, name: str = "官网试用", *, opened: bool = True, **raw: Any) -> LeadForm:
    """A form of the actor, open; its leads are his unless something else is said."""
    given = {
        "name": name, "title": "预约免费试用", "fields": FIELDS, "consent": "我们只用这些信息与您联系。",
        "target": "owner", "owner": str(actor.member_id), **raw,
    }  # fmt: skip
    made = create_form.run(actor, None, given).row_id
    assert made is not None
    if opened:
        open_form(actor, made)
    return LeadForm.objects.get(pk=made)


def sheet_in(answer: Any) -> str:
    """The signed sheet of a drawn form."""
    found = re.search(r'name="sheet" value="([^"]+)"', answer.content.decode())
    assert found, answer.content.decode()[:400]
    return found[1]


def send(client: Client, form: LeadForm, sheet: str = "", *, frame: bool = False, **typed: Any) -> Any:
    """Fill in a form that was opened a while ago and send it."""
    address = f"/f/{form.key}" + ("/frame" if frame else "")
    sheet = sheet or sheet_in(client.get(address))
    body = urlencode({**TYPED, "sheet": sheet, **typed}, doseq=True)
    return client.post(address, body, content_type=FORM)


def land_all() -> list[Submission]:
    """What the worker does with everything that waits; all submissions, the oldest first."""
    for row in Submission.objects.filter(state=State.RECEIVED).order_by("id"):
        land(system(RECEIVE), submission=row.pk)
    return list(Submission.objects.order_by("id"))
