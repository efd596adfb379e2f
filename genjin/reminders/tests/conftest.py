"""A small company whose channels lead to servers on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone
from pytest_django import Settings

from genjin.customers.models import Customer
from genjin.kernel.actor import Actor, system
from genjin.kernel.notices import notify
from genjin.kernel.stamps import bump_stamp
from genjin.org.models import Member
from genjin.reminders.actions.channels import set_mail_server
from genjin.reminders.actions.devices import add_device, set_push
from genjin.reminders.actions.robots import add_robot
from genjin.reminders.changing.sending import deliver_due
from genjin.reminders.changing.spreading import spread
from genjin.reminders.channels.push import based
from genjin.reminders.models import Delivery, Device, Robot
from genjin.reminders.tests.servers import SECRET, Post, Provider, post_office, providers
from genjin.surfaces.api.tests.conftest import World, make_world

KIND = "transfer"


@dataclass
class Company:
    """The world of the other suites with channels; `tell` makes messages, `go` sends what is due."""

    world: World
    outside: Provider
    office: Post
    told: int = 0

    @property
    def owner(self) -> Member:
        """Gets the messages."""
        return self.world.cast.owner

    def actor(self, part: str) -> Actor:
        """A part as it acts on pages."""
        return self.world.cast.actor(part)

    def tell(self, *members: Member, row: Customer | None = None) -> None:
        """One message for each of these (the owner) about a customer."""
        self.told += 1
        ids = [member.pk for member in members or (self.owner,)]
        notify(ids, KIND, row or self.world.own, once=f"told.{self.told}")

    def go(self, now: datetime | None = None) -> None:
        """What the periodic job does."""
        moment = now or timezone.now()
        while spread(system(), moment):
            pass
        while deliver_due(system(), moment):
            pass

    def states(self) -> list[str]:
        """The states of all deliveries in order."""
        return list(Delivery.objects.order_by("id").values_list("state", flat=True))

    def use_robot(self, **facts: object) -> Robot:
        """A robot of the company's group at 飞书."""
        given = {"provider": "feishu", "name": "全员群", "url": self.outside.url["feishu"], "secret": SECRET, **facts}
        return add_robot(self.actor("administrator"), **add_robot.parse(self.actor("administrator"), given))

    def use_mail(self) -> None:
        """The mail server, and addresses for the owner and his manager."""
        set_mail_server(
            self.actor("administrator"),
            mode="smtp", host="127.0.0.1", port=self.office.port, security="plain", sender="genjin@example.com",
        )  # fmt: skip
        for part in ("owner", "manager"):
            Member.objects.filter(sign_in=part).update(email=f"{part}@example.com")
        bump_stamp()

    def use_push(self, part: str = "owner") -> Device:
        """A browser of a part."""
        set_push(self.actor("administrator"), on=True)
        point = ec.generate_private_key(ec.SECP256R1()).public_key()
        key = based(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
        return add_device(self.actor(part), endpoint=self.outside.url["push"], public_key=key, secret=based(b"s" * 16))


def make_company(outside: Provider, office: Post) -> Company:
    """The company with the servers that its channels lead to."""
    return Company(make_world(), outside, office)


@pytest.fixture
def outside(settings: Settings) -> Iterator[Provider]:
    with providers() as provider:
        settings.OUTBOUND_ORIGINS = settings.OUTBOUND_ORIGINS | {provider.origin}
        yield provider


@pytest.fixture
def office(settings: Settings) -> Iterator[Post]:
    with post_office() as post:
        settings.OUTBOUND_ORIGINS = settings.OUTBOUND_ORIGINS | {post.origin}
        yield post


@pytest.fixture
def company(db: None, outside: Provider, office: Post) -> Company:
    return make_company(outside, office)
