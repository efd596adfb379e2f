"""The outbound door: what is refused never touches the network."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjin.kernel.outbound import (
    Limits,
    OutboundFailed,
    OutboundRefused,
    check_target,
    is_public,
    send,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Kind: a\r\n\r\nhi"
Answering = Callable[[socket.socket], None]


@dataclass
class Listener:
    """A local server that counts who comes."""

    port: int
    seen: list[bytes] = field(default_factory=list)
    visitors: int = 0


@contextmanager
def listening(answer: Answering | bytes = OK) -> Iterator[Listener]:
    server = socket.create_server(("127.0.0.1", 0))
    listener = Listener(server.getsockname()[1])

    def serve() -> None:
        with suppress(OSError):
            while True:
                visitor, _ = server.accept()
                listener.visitors += 1
                with visitor, suppress(OSError):
                    visitor.settimeout(60)
                    listener.seen.append(visitor.recv(65_536))
                    if isinstance(answer, bytes):
                        visitor.sendall(answer)
                    else:
                        answer(visitor)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(60)


def opened(listener: Listener, **limits: float) -> Limits:
    """Loopback opened by the administrator."""
    chosen: dict[str, float] = {"connect": 60.0, "read": 60.0, "whole": 60.0} | limits
    return Limits(
        connect=chosen["connect"],
        read=chosen["read"],
        whole=chosen["whole"],
        most_bytes=int(chosen.get("most_bytes", 1000)),
        ports=frozenset({listener.port}),
        inner=("127.0.0.1/32",),
    )


def answers(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    return lambda _host, _port: addresses


FORMS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.000.000.001",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "0",
    "0.0.0.0",  # noqa: S104
    "127.255.255.254",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001::1]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fc00::1]",
    "[fd00::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[100::1]",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "0x0.0x0.0x0.0x0",
    "0xa9fea9fe",
    "2852039166",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "LocalHost.",
    "a.localhost",
    "localhost.localdomain",
    "db.internal",
    "printer.local",
    "nas.lan",
    "metadata",
    "user@127.0.0.1",
    "user:pass@example.com",
    "example.com@127.0.0.1",
    "127.0.0.1%00.example.com",
    "127.0.0.1%2eexample.com",
    "①②⑦.⓪.⓪.①",
    "１２７.０.０.１",
    "127。0。0。1",
    "例え.jp",
    "example.com\\@127.0.0.1",
    "-a.com",
    "a..b.com",
    ".com",
    ".",
    "1.0x.example",
    "999.999.999.999",
    "256.1.1.1",
]


@pytest.mark.parametrize("host", FORMS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_inner_address_is_refused_in_every_form(host: str, scheme: str) -> None:
    with listening() as listener:
        doors = Limits(ports=frozenset({listener.port}))
        with pytest.raises(OutboundRefused) as refusal:
            send("GET", f"{scheme}://{host}:{listener.port}/", limits=doors, resolver=answers("127.0.0.1"))
        assert str(refusal.value)
    assert listener.visitors == 0


def test_the_table_of_forms_is_long() -> None:
    assert len(FORMS) >= 40


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "url"),
        ("file://example.com/etc/passwd", "scheme"),
        ("gopher://example.com/_x", "scheme"),
        ("ftp://example.com/", "scheme"),
        ("dict://example.com:80/", "scheme"),
        ("javascript:alert(1)", "url"),
        ("//example.com/", "scheme"),
        ("example.com", "url"),
        ("", "url"),
        ("http://", "url"),
        ("http:///x", "url"),
        ("http://example.com:22/", "port"),
        ("http://example.com:0/", "url"),
        ("http://example.com:99999/", "url"),
        ("http://example.com:8o/", "url"),
        ("http://[::1/", "url"),
        ("http://example.com/ x", "url"),
        ("http://example.com/\r\nHost: x", "url"),
        ("http://example.com/\x00", "url"),
        ("http://example.com/" + "a" * 3000, "url"),
    ],
)
def test_bad_url_is_refused(url: str, code: str) -> None:
    with pytest.raises(OutboundRefused) as refusal:
        check_target(url, resolver=answers("8.8.8.8"))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "found",
    [
        ("127.0.0.1",),
        ("8.8.8.8", "127.0.0.1"),
        ("8.8.8.8", "::1"),
        ("::ffff:127.0.0.1",),
        ("fd00::1",),
        ("64:ff9b::a00:1",),
        ("fe80::1%eth0",),
        ("169.254.169.254",),
        (),
        ("nonsense",),
        tuple(f"8.8.8.{number}" for number in range(17)),
    ],
)
def test_name_with_an_inner_answer_is_refused(found: tuple[str, ...]) -> None:
    with pytest.raises(OutboundRefused):
        check_target("https://example.com/", resolver=answers(*found))


def test_resolver_error_is_a_refusal() -> None:
    def failing(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror

    with pytest.raises(OutboundRefused) as refusal:
        check_target("https://example.com/", resolver=failing)
    assert refusal.value.code == "dns"


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://example.com", "example.com", 443, "/"),
        ("HTTP://Example.COM/a?b=c#d", "example.com", 80, "/a?b=c"),
        ("https://8.8.8.8/x", "8.8.8.8", 443, "/x"),
        ("https://[2606:4700::1111]:8443/", "2606:4700::1111", 8443, "/"),
        ("https://xn--fiqs8s.example.com/", "xn--fiqs8s.example.com", 443, "/"),
    ],
)
def test_public_address_passes(url: str, host: str, port: int, path: str) -> None:
    target = check_target(url, resolver=answers("93.184.216.34", "2606:4700::1111"))
    assert (target.host, target.port, target.path) == (host, port, path)


def test_request_and_reply() -> None:
    with listening() as listener:
        url = f"http://example.com:{listener.port}/hook?a=1"
        reply = send(
            "POST", url, headers={"X-Sign": "abc"}, body=b"{}", limits=opened(listener), resolver=answers("127.0.0.1")
        )
    assert (reply.status, reply.headers["x-kind"], reply.body) == (200, "a", b"hi")
    said = listener.seen[0]
    assert said.startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert f"Host: example.com:{listener.port}\r\n".encode() in said
    assert b"X-Sign: abc\r\n" in said


def test_name_is_resolved_once_and_the_checked_address_is_dialled() -> None:
    asked: list[str] = []

    def alternating(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with listening() as listener:
        reply = send("GET", f"http://example.com:{listener.port}/", limits=opened(listener), resolver=alternating)
    assert (reply.status, asked, listener.visitors) == (200, ["example.com"], 1)


def test_redirect_is_not_followed() -> None:
    with listening() as inner:
        moved = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inner.port}/\r\nContent-Length: 0\r\n\r\n".encode()
        with listening(moved) as listener:
            reply = send("GET", f"http://127.0.0.1:{listener.port}/", limits=opened(listener))
    assert (reply.status, inner.visitors) == (302, 0)


def test_proxies_of_the_surroundings_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as proxy, listening() as listener:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert send("GET", f"http://127.0.0.1:{listener.port}/", limits=opened(listener)).status == 200
    assert proxy.visitors == 0


def drip(visitor: socket.socket) -> None:
    for letter in OK * 200:
        visitor.sendall(bytes([letter]))
        time.sleep(0.05)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n",
        lambda visitor: visitor.recv(1),  # until the other one leaves
        drip,
    ],
    ids=["none", "nonsense", "large", "endless", "short", "chunks", "headers", "hangs", "drips"],
)
def test_bad_reply_fails_in_time(answer: Answering | bytes) -> None:
    with listening(answer) as listener:
        began = time.monotonic()
        with pytest.raises(OutboundFailed):
            send("GET", f"http://127.0.0.1:{listener.port}/", limits=opened(listener, read=0.3, whole=0.6))
        assert time.monotonic() - began < 30  # whoever hangs or drips would take longer


def test_plain_server_fails_over_https() -> None:
    with listening() as listener, pytest.raises(OutboundFailed):
        send("GET", f"https://127.0.0.1:{listener.port}/", limits=opened(listener))


def test_closed_port_fails() -> None:
    with listening() as listener:
        pass
    with pytest.raises(OutboundFailed):
        send("GET", f"http://127.0.0.1:{listener.port}/", limits=opened(listener))


@pytest.mark.parametrize(
    "headers", [{"Host": "x"}, {"X-A": "b\r\nC: d"}, {"X A": "b"}, {"X-A": "中"}, {"Transfer-Encoding": "x"}]
)
def test_bad_headers_are_refused(headers: dict[str, str]) -> None:
    with listening() as listener, pytest.raises(OutboundRefused):
        send("GET", f"http://127.0.0.1:{listener.port}/", headers=headers, limits=opened(listener))
    assert listener.visitors == 0


def test_method_is_one_of_a_list() -> None:
    with pytest.raises(OutboundRefused):
        send("CONNECT", "https://example.com/", resolver=answers("8.8.8.8"))


@given(st.ip_addresses())
def test_no_inner_address_counts_as_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not any((address.is_private, address.is_loopback, address.is_link_local, address.is_multicast))


@given(st.text(max_size=40))
def test_any_url_is_answered(text: str) -> None:
    for url in (text, f"http://{text}/", f"https://{text}"):
        try:
            check_target(url, resolver=answers("127.0.0.1"))
        except OutboundRefused as refusal:
            assert refusal.code  # noqa: PT017 (both ends are allowed)
        else:
            assert is_public(ipaddress.ip_address(url.split("//")[1].strip("/[]").split(":")[0].split("/")[0]))
