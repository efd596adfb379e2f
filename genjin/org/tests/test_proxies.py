"""Behind reverse proxies a visitor is known by his own address, and nobody invents one or a secure connection."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from genjin.kernel.proxies import Proxies
from genjin.org.changing.attempts import PER_ACCOUNT
from genjin.org.models import Session
from genjin.testing.cast import PASSWORD, Cast, make_cast

PROXY = "10.0.0.5"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def enter(settings: Any, proxies: str, forwarded: str, *, peer: str = PROXY, password: str = PASSWORD) -> Any:
    settings.PROXIES = Proxies.read(proxies)
    client = Client(REMOTE_ADDR=peer)
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"}
    return client.post("/sign-in", {"name": "owner", "password": password}, headers=headers)


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "known"),
    [
        ("", PROXY, "203.0.113.9", PROXY),
        ("0", PROXY, "203.0.113.9", PROXY),
        ("1", PROXY, "203.0.113.9", "203.0.113.9"),
        ("1", PROXY, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("2", PROXY, "1.2.3.4, 203.0.113.9, 10.0.0.6", "203.0.113.9"),
        ("2", PROXY, "203.0.113.9", PROXY),
        ("1", PROXY, "", PROXY),
        ("1", PROXY, "nonsense", PROXY),
        ("1", PROXY, "203.0.113.9:51234", "203.0.113.9"),
        ("1", PROXY, "[2001:db8::9]:51234", "2001:db8::9"),
        ("1", "", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", PROXY, "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "::ffff:10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", PROXY, "1.2.3.4, 203.0.113.9, 10.0.0.6", "203.0.113.9"),
        ("10.0.0.5, 10.0.0.6", "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.0.0.5", PROXY, "1.2.3.4, nonsense", PROXY),
        ("10.0.0.5", PROXY, "", PROXY),
        ("10.0.0.5", "", "203.0.113.9", ""),
        ("1", PROXY, ", ".join(["1.2.3.4"] * 5000), "1.2.3.4"),
    ],
)
def test_only_what_trusted_proxies_wrote_counts(proxies: str, peer: str, forwarded: str, known: str) -> None:
    assert Proxies.read(proxies).client(peer, forwarded) == known


@pytest.mark.parametrize("text", ["-1", "21", "10.0.0.300", "proxy.example.com", "10.0.0.5;10.0.0.6"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Proxies.read(text)


def test_each_visitor_is_throttled_by_his_own_address(cast: Cast, settings: Any) -> None:
    for _n in range(PER_ACCOUNT):
        assert enter(settings, "1", "203.0.113.9", password="wrong").status_code == 422
    assert enter(settings, "1", "203.0.113.9").status_code == 429
    assert enter(settings, "1", "198.51.100.7").status_code == 302
    assert Session.objects.get().address == "198.51.100.7"


@pytest.mark.parametrize(
    ("proxies", "peer", "invented"),
    [("", PROXY, "{n}.0.0.1"), ("1", PROXY, "{n}.0.0.1, 203.0.113.9"), ("10.0.0.5", "203.0.113.9", "{n}.0.0.1")],
)
def test_an_invented_address_does_not_escape_the_throttle(
    cast: Cast, settings: Any, proxies: str, peer: str, invented: str
) -> None:
    for n in range(PER_ACCOUNT):
        enter(settings, proxies, invented.format(n=n + 1), peer=peer, password="wrong")
    assert enter(settings, proxies, invented.format(n=99), peer=peer).status_code == 429


def test_cookies_are_secure_as_soon_as_a_trusted_proxy_says_https(cast: Cast, settings: Any) -> None:
    for proxies, peer, secure in [("", PROXY, ""), ("10.0.0.5", "203.0.113.9", ""), ("10.0.0.5", PROXY, True)]:
        answer = enter(settings, proxies, "203.0.113.9", peer=peer)
        assert answer.status_code == 302
        assert answer.cookies["sessionid"]["secure"] == secure, (proxies, peer)


def test_the_nearest_proxy_says_which_scheme(cast: Cast, settings: Any) -> None:
    settings.PROXIES = Proxies.read("1")
    for said, secure in [("https, http", ""), ("http, https", True), ("gopher", ""), ("", "")]:
        answer = Client().get("/sign-in", headers={"X-Forwarded-Proto": said})
        assert answer.cookies["csrftoken"]["secure"] == secure, said
