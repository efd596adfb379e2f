"""Fills an empty database with the demo company, all in one transaction: an interrupted attempt leaves nothing."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from genjin.demo.calendar import Calendar
from genjin.demo.company import make_company
from genjin.demo.people import ADMINISTRATOR, COMPANY, PASSWORD, PEOPLE, SHOWN
from genjin.demo.public_forms import seed_forms
from genjin.demo.scores import score_prospects
from genjin.demo.story import Story
from genjin.kernel.actor import system
from genjin.kernel.together import together

SEED = 20_211
CUSTOMERS = 3_000


class DemoSignIn(NamedTuple):
    """Somebody to be in the demo company."""

    name: str
    sign_in: str
    password: str
    role: str


def seed_demo(*, customers: int = CUSTOMERS, now: datetime | None = None) -> list[DemoSignIn]:
    """Make the demo company in a database without members (raises NotFound otherwise); whom to sign in as.

    `now`: the moment around which everything is dated.
    """
    random = Random(SEED)  # noqa: S311 - invents people, not secrets
    calendar = Calendar(random, now or timezone.now(), system().zone)
    with transaction.atomic():
        staff = make_company(calendar.founded)
        story = Story(random, staff, calendar, customers)
        with together(customers, most=5 * CUSTOMERS):
            for step in story.in_order():
                step.run()
        story.disputes.settle()
        score_prospects(staff, calendar.now)
        seed_forms(staff, COMPANY, calendar.now)
    signs_in = {person.name: person.sign_in for person in (ADMINISTRATOR, *PEOPLE)}
    return [DemoSignIn(name, signs_in[name], PASSWORD, role) for name, role in SHOWN.items()]
