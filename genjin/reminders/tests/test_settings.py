"""Who may set up channels, and what is never given back (trust V13, flaw 6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from pytest_django import Settings

from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Forbidden, Invalid, Refused
from genjin.kernel.sealing import deliver, seal
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.vault import Lost, lock, unlock
from genjin.org.actions.profile import change_password
from genjin.org.models import Role
from genjin.reminders.actions.channels import set_mail_server
from genjin.reminders.models import Device, KeptMail, MailServer, PushService, ReminderChoice, Robot
from genjin.reminders.queries import kept_mails
from genjin.reminders.tests.conftest import Company
from genjin.reminders.tests.servers import KEY, SECRET
from genjin.testing.cast import PASSWORD

pytestmark = pytest.mark.long

SMTP = {"mode": "smtp", "host": "smtp.example.com", "port": "465", "security": "tls", "sender": "g@example.com"}


def browser(company: Company, part: str) -> Any:
    client = Client()
    session = client.session
    session[SESSION_KEY] = str(getattr(company.world.cast, part).pk)
    session.save()
    return client


def keeper(company: Company) -> Actor:
    """The teammate, whose role may manage channels now; he is no administrator."""
    role = Role.objects.get(key="salesperson")
    Role.objects.filter(pk=role.pk).update(grants={**role.grants, "channels.manage": ""})
    bump_stamp()
    return company.actor("teammate")


@pytest.mark.parametrize("part", ["nobody", "owner", "manager"])
def test_channels_are_closed_to_others(company: Company, part: str) -> None:
    assert browser(company, part).get("/settings/channels").status_code == 403
    for name in ("channels.set_mail", "channels.add_robot", "channels.set_push", "channels.send_again"):
        with pytest.raises(Forbidden):
            ACTIONS[name].run(company.actor(part), None, {})


def test_only_administrators_see_and_steer_mails(company: Company) -> None:
    actor = keeper(company)
    KeptMail.objects.create(sent_to="x@example.com", subject="重设密码", body="ABCD-EFGH")
    with pytest.raises(Forbidden):
        ACTIONS["channels.set_mail"].run(actor, None, SMTP)
    with pytest.raises(Forbidden):
        kept_mails(actor)
    assert browser(company, "teammate").get("/settings/channels").status_code == 200
    assert browser(company, "teammate").get("/settings/channels/mails").status_code == 403
    assert "ABCD-EFGH" in browser(company, "administrator").get("/settings/channels/mails").content.decode()


def test_no_page_gives_a_secret_back(company: Company) -> None:
    robot = company.use_robot()
    set_mail_server(company.actor("administrator"), **set_mail_server.parse(company.actor("administrator"), {
        **SMTP, "user": "u", "password": "a-long-password-9876",
    }))  # fmt: skip
    client = browser(company, "administrator")
    pages = [
        "/settings/channels",
        "/settings/channels/mail",
        f"/settings/channels/robots/{robot.pk}",
        "/settings/audit",
    ]
    text = "".join(client.get(path).content.decode() for path in pages)
    assert not [secret for secret in (KEY, SECRET, "a-long-password") if secret in text]
    assert "…9876" in text


def test_a_kept_password_goes_to_no_other_server(company: Company) -> None:
    administrator = company.actor("administrator")
    ACTIONS["channels.set_mail"].run(administrator, None, {**SMTP, "user": "u", "password": "a-long-password"})
    with pytest.raises(Refused) as refused:
        ACTIONS["channels.set_mail"].run(administrator, None, {**SMTP, "host": "evil.example.com", "user": "u"})
    assert refused.value.field == "password"
    assert MailServer.objects.get().host == "smtp.example.com"
    ACTIONS["channels.set_mail"].run(administrator, None, {**SMTP, "user": "u", "sender": "h@example.com"})
    assert unlock(MailServer.objects.get().locked) == {"password": "a-long-password"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"host": "127.0.0.1"}, "host"),
        ({"host": "169.254.169.254"}, "host"),
        ({"host": "smtp.example.com", "port": "22"}, "port"),
        ({"host": ""}, "host"),
        ({"sender": "nobody"}, "sender"),
        ({"security": "plain"}, "host"),
    ],
)
def test_a_mail_server_that_may_not_be_reached_is_refused(
    company: Company, changed: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        ACTIONS["channels.set_mail"].run(company.actor("administrator"), None, SMTP | changed)
    assert refused.value.field == field
    assert not MailServer.objects.exists()


def test_a_robots_secret_moves_to_no_other_address(company: Company) -> None:
    robot = company.use_robot()
    with pytest.raises(Refused):
        ACTIONS["channels.edit_robot"].run(company.actor("administrator"), robot.pk, {"name": "x", "secret": "new"})
    ACTIONS["channels.remove_robot"].run(company.actor("administrator"), robot.pk, {})
    gone = Robot.objects.get()
    assert not bytes(gone.locked)
    assert not gone.hint


def test_what_is_locked_opens_with_the_same_key_only(settings: Settings) -> None:
    locked = lock({"password": "secret"})
    assert unlock(memoryview(locked)) == {"password": "secret"}
    assert b"secret" not in locked
    settings.SECRET_KEY = "another"
    with pytest.raises(Lost):
        unlock(locked)


def test_push_keys_are_made_once_and_anew_only_when_lost(company: Company, settings: Settings) -> None:
    company.use_push()
    administrator = company.actor("administrator")
    before = PushService.objects.get().public_key
    for on in ("", "on"):
        ACTIONS["channels.set_push"].run(administrator, None, {"on": on})
    assert PushService.objects.get().public_key == before
    assert Device.objects.count() == 1
    settings.SECRET_KEY = "another"
    ACTIONS["channels.set_push"].run(administrator, None, {"on": "on"})
    assert PushService.objects.get().public_key != before
    assert not Device.objects.exists()


def test_a_new_password_ends_pushes(company: Company) -> None:
    company.use_push()
    change_password(company.actor("owner"), current=PASSWORD, password="另一个足够长的密码句子")
    while seal() + deliver():
        pass
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        {"kinds": {"no_such_kind": {"mail": True}}},
        {"kinds": {"transfer": {"sms": True}}},
        {"kinds": {"transfer": True}},
        {"kinds": "x"},
        {"kinds": {}, "quiet_from": "25:00"},
        {"kinds": {}, "quiet_from": "08:00", "quiet_until": "08:00"},
    ],
)
def test_choices_that_make_no_sense_are_refused(company: Company, raw: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        ACTIONS["reminders.choose"].run(company.actor("owner"), None, raw)
    assert not ReminderChoice.objects.exists()


def test_somebody_elses_browser_cannot_be_removed(company: Company) -> None:
    device = company.use_push()
    with pytest.raises(Refused):
        ACTIONS["devices.remove"].run(company.actor("manager"), device.pk, {})
    assert Device.objects.exists()


def test_tests_are_limited(company: Company) -> None:
    company.use_mail()
    client = browser(company, "owner")
    for _each in range(8):
        client.post("/profile/reminders/test", {"channel": "mail"})
    assert len(company.office.mails) == 6


def test_a_required_input_is_named(company: Company) -> None:
    with pytest.raises(Invalid) as refused:
        ACTIONS["channels.add_robot"].run(company.actor("administrator"), None, {})
    assert {"provider", "name", "url"} <= set(refused.value.errors)
