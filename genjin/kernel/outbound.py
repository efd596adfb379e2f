"""The one door for HTTP requests to addresses that a user may give (webhooks, model services, links).

A request goes only to a public address: the name is resolved once, every answer is looked at, and the
connection is made to the very address that was looked at. No redirects, no proxies. What is sent, and whether
somebody may send it, is not decided here; a reply's body is never shown to a user.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver: TypeAlias = Callable[[str, int], Sequence[str]]

LONGEST_URL = 2048
MOST_ADDRESSES = 16
_NUMBERS_ONLY = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_LOCAL_ENDINGS = (
    ".localhost",
    ".local",
    ".internal",
    ".intranet",
    ".lan",
    ".home",
    ".corp",
    ".arpa",
    ".localdomain",
    ".test",
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
# What `is_global` lets through although nobody should be reached there.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16", "3fff::/20",
        "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


class OutboundRefused(Exception):
    """The request was not made, and will not be. `code` for the log, the message for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class OutboundFailed(Exception):
    """The other side could not be reached, was too slow, or answered too much: trying later may help.

    `spoken`: the request may have arrived all the same, so that trying later may do it twice.
    """

    def __init__(self, message: str, *, spoken: bool = True) -> None:
        super().__init__(message)
        self.spoken = spoken


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes that one request may take, and the doors it may use."""

    connect: float = 5.0
    read: float = 10.0
    whole: float = 20.0
    most_bytes: int = 1 << 20
    schemes: frozenset[str] = frozenset({"https", "http"})
    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})
    inner: tuple[str, ...] = ()
    """Networks inside (`10.1.0.0/16`) that the administrator has opened for this use."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that passed: where to connect, and what to say there."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. A redirect is a reply like any other; nobody follows it."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, by the system's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(place[0]) for *_rest, place in found))


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    limits: Limits | None = None,
    resolver: Resolver = resolve,
) -> Reply:
    """Make one request. Raises OutboundRefused (never allowed) or OutboundFailed (did not work this time)."""
    limits = limits or Limits()
    if method not in _METHODS:
        raise OutboundRefused("method", _("不支持的请求方法"))
    target = check_target(url, limits=limits, resolver=resolver)
    connection = _connection(target, limits)
    spoken = _headers(headers or {})
    # A reply that drips byte by byte never runs into the socket's own time limit.
    alarm = threading.Timer(limits.whole, connection.hang_up)
    alarm.daemon = True
    alarm.start()
    try:
        connection.connect()
        connection.request(method, target.path, body=body, headers=spoken)
        return _read(connection, limits)
    except (OSError, http.client.HTTPException, ValueError) as fault:
        message = _("对方服务器连不上或没有回应")
        raise OutboundFailed(message, spoken=connection.sock is not None) from fault
    finally:
        alarm.cancel()
        connection.close()


def dial(target: Target, limits: Limits) -> socket.socket:
    """A bare connection to a target that passed, for other protocols than HTTP. Raises OSError."""
    return _PinnedHTTP(target, limits).dial()


def limits_for(url: str, limits: Limits) -> Limits:
    """The limits for a URL: wider where whoever runs this installation has opened just this origin (GENJIN_OUTBOUND),
    which may then be an address inside."""
    split = _split(url)
    host, port = _host_and_port(split)
    if f"{split.scheme}://{host}:{port}" not in settings.OUTBOUND_ORIGINS:
        return limits
    everywhere = ("0.0.0.0/0", "::/0")
    return replace(limits, schemes=frozenset({split.scheme}), ports=frozenset({port}), inner=everywhere)


def check_target(url: str, *, limits: Limits | None = None, resolver: Resolver = resolve) -> Target:
    """Read a URL, resolve its name once and look at every address. Raises OutboundRefused."""
    limits = limits or Limits()
    split = _split(url)
    if split.scheme not in limits.schemes:
        raise OutboundRefused("scheme", _("网址只能以 http:// 或 https:// 开头"))
    if "@" in split.netloc:
        raise OutboundRefused("user", _("网址里不能带用户名和密码"))
    host, port = _host_and_port(split)
    if port not in limits.ports:
        raise OutboundRefused("port", _("网址的端口 %(port)s 不在允许的范围内") % {"port": port})
    literal = _literal(host)
    addresses = [literal] if literal else _resolved(host, port, resolver)
    for address in addresses:
        _refuse_inner(address, limits)
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    return Target(split.scheme, host, port, path, tuple(str(address) for address in addresses))


def is_public(address: IPAddress) -> bool:
    """May be reached from here: on the open internet, and not an inner address in another's clothes."""
    if any(address.version == network.version and address in network for network in _NEVER):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or set(url) & set(' \\<>"^`{|}'):
        raise OutboundRefused("url", _("网址太长，或有不能用的字符"))
    try:
        split = urlsplit(url)
        complete = bool(split.hostname) and split.port != 0
    except ValueError:
        raise _bad_url() from None
    if not complete:
        raise _bad_url()
    return split


def _bad_url() -> OutboundRefused:
    return OutboundRefused("url", _("网址不完整或写错了，例如 https://example.com"))


def _host_and_port(split: SplitResult) -> tuple[str, int]:
    host = split.hostname or ""
    port = split.port if split.port is not None else {"https": 443}.get(split.scheme, 80)
    if "%" in host or host.endswith(".."):
        raise _bad_url()
    return host, port


def _literal(host: str) -> IPAddress | None:
    """The address if the host is one, written plainly; other ways to write numbers are refused."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if ":" in host or _NUMBERS_ONLY.fullmatch(host):
        raise OutboundRefused("address", _("网址里的数字地址写法不被接受"))
    name = host.rstrip(".")
    if name == "localhost" or f".{name}".endswith(_LOCAL_ENDINGS) or not _HOST.fullmatch(name):
        raise OutboundRefused("host", _("不能访问内部网络的地址"))
    return None


def _resolved(host: str, port: int, resolver: Resolver) -> list[IPAddress]:
    try:
        answers = resolver(host, port)
        addresses = [ipaddress.ip_address(answer) for answer in answers]
    except (OSError, UnicodeError, ValueError):
        raise OutboundRefused("dns", _("找不到这个网址的服务器")) from None
    if not addresses or len(addresses) > MOST_ADDRESSES:
        raise OutboundRefused("dns", _("找不到这个网址的服务器"))
    return addresses


def _refuse_inner(address: IPAddress, limits: Limits) -> None:
    opened = any(address in ipaddress.ip_network(network) for network in limits.inner)
    if not opened and not is_public(address):
        raise OutboundRefused("inner", _("不能访问内部网络的地址"))


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    for name, value in given.items():
        if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not value.isascii() or not value.isprintable():
            raise OutboundRefused("header", _("请求头里有不能用的字符"))
        if name.lower() in ("host", "content-length", "transfer-encoding", "connection"):
            raise OutboundRefused("header", _("请求头 %(name)s 不能自己指定") % {"name": name})
    return {"User-Agent": "Genjin", "Accept-Encoding": "identity", **given, "Connection": "close"}


def _connection(target: Target, limits: Limits) -> _PinnedHTTP:
    if target.scheme == "https":
        return _PinnedHTTPS(target, limits)
    return _PinnedHTTP(target, limits)


class _PinnedHTTP(http.client.HTTPConnection):
    """Speaks to `target.host`, connects to its addresses only; never asks the resolver, never a proxy."""

    def __init__(self, target: Target, limits: Limits) -> None:
        super().__init__(target.host, target.port, timeout=limits.connect)
        self.target = target
        self.limits = limits
        self.dialled: socket.socket | None = None
        self.late = False

    def connect(self) -> None:
        self.sock = self.dial()

    def dial(self) -> socket.socket:
        """The bare connection, tried at each address in turn."""
        fault: OSError | None = None
        for address in self.target.addresses:
            _refuse_inner(ipaddress.ip_address(address), self.limits)
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            self.dialled = socket.socket(family, socket.SOCK_STREAM)
            self.dialled.settimeout(self.limits.connect)
            try:
                self.dialled.connect((address, self.target.port))
            except OSError as failed:
                self.dialled.close()
                fault = failed
            else:
                self.dialled.settimeout(self.limits.read)
                return self.dialled
            if self.late:
                break
        raise fault or OSError("no address")

    def hang_up(self) -> None:
        """Called from another thread when the time is over."""
        self.late = True
        if self.dialled is not None:
            with suppress(OSError):
                self.dialled.shutdown(socket.SHUT_RDWR)


class _PinnedHTTPS(_PinnedHTTP):
    default_port = 443

    def connect(self) -> None:
        plain = self.dial()
        try:
            # The certificate must be the name's, though the address was dialled.
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self.target.host.rstrip("."))
        except BaseException:
            plain.close()
            raise
        self.dialled = self.sock


def _read(connection: _PinnedHTTP, limits: Limits) -> Reply:
    response = connection.getresponse()
    body = bytearray()
    while chunk := response.read1(65_536):
        body += chunk
        if len(body) > limits.most_bytes:
            raise OutboundFailed(_("对方返回的内容太大"))
    if response.length:
        raise OutboundFailed(_("对方的回应不完整"))
    if connection.late:
        raise OutboundFailed(_("对方服务器太慢"))
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Reply(response.status, headers, bytes(body))
