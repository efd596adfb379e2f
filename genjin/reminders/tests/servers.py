"""Servers that behave as the providers' documents say: signatures are checked, refusals come with HTTP 200, limits
hold. They remember what they were sent; `fault` makes the next calls go wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from genjin.testing.served import PATIENCE

KEY, SECRET = "k" * 32 + "-robot-key", "SEC" + "s" * 40


@dataclass
class Call:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    told: dict[str, Any] = field(default_factory=dict)


@dataclass
class Provider:
    """The state of a fake provider: what was accepted, what to do wrong next."""

    accepted: list[Call] = field(default_factory=list)
    arrived: list[Call] = field(default_factory=list)
    fault: str = ""
    per_minute: int = 20
    entered: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    origin: str = ""

    @property
    def url(self) -> dict[str, str]:
        """A robot's address at each provider."""
        return {
            "wecom": f"{self.origin}/cgi-bin/webhook/send?key={KEY}",
            "dingtalk": f"{self.origin}/robot/send?access_token={KEY}",
            "feishu": f"{self.origin}/open-apis/bot/v2/hook/{KEY}",
            "push": f"{self.origin}/push/{KEY}",
        }

    def answer(self, call: Call) -> tuple[int, Any]:
        """(status, body) for a request."""
        parts = urlsplit(call.path)
        for start, judge in PLACES.items():
            if parts.path.startswith(start):
                return judge(self, call, parse_qs(parts.query))
        return 404, {}


def _wecom(provider: Provider, call: Call, query: dict[str, list[str]]) -> tuple[int, Any]:
    if query.get("key") != [KEY]:
        return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
    content = call.told["markdown"]["content"]
    if call.told["msgtype"] != "markdown" or len(content.encode()) > 4096:
        return 200, {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}
    if len(provider.accepted) >= provider.per_minute:
        return 200, {"errcode": 45009, "errmsg": "api freq out of limit"}
    return _taken(provider, call, {"errcode": 0, "errmsg": "ok"})


def _dingtalk(provider: Provider, call: Call, query: dict[str, list[str]]) -> tuple[int, Any]:
    stamp, sign = query.get("timestamp", [""])[0], query.get("sign", [""])[0]
    wanted = base64.b64encode(hmac.digest(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256)).decode()
    if query.get("access_token") != [KEY]:
        return 200, {"errcode": 300005, "errmsg": "token is not exist"}
    if sign != wanted or abs(int(stamp) / 1000 - time.time()) > 3600:
        return 200, {"errcode": 310000, "errmsg": "sign not match"}
    if len(provider.accepted) >= provider.per_minute:
        return 200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}
    assert call.told["markdown"]["title"]
    assert call.told["markdown"]["text"]
    return _taken(provider, call, {"errcode": 0, "errmsg": "ok"})


def _feishu(provider: Provider, call: Call, query: dict[str, list[str]]) -> tuple[int, Any]:
    stamp, sign = call.told.get("timestamp", ""), call.told.get("sign", "")
    wanted = base64.b64encode(hmac.digest(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256)).decode()
    if not call.path.endswith(KEY):
        return 200, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}
    if sign != wanted or abs(int(stamp) - time.time()) > 3600:
        return 200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
    if len(provider.accepted) >= provider.per_minute:
        return 200, {"code": 11232, "msg": "frequency limited psm"}
    return _taken(
        provider, call, {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}
    )


def _push(provider: Provider, call: Call, query: dict[str, list[str]]) -> tuple[int, Any]:
    assert call.headers["content-encoding"] == "aes128gcm"
    assert call.headers["ttl"].isdecimal()
    assert call.headers["authorization"].startswith("vapid t=")
    return _taken(provider, call, None, 201)


def _taken(provider: Provider, call: Call, told: Any, status: int = 200) -> tuple[int, Any]:
    provider.accepted.append(call)
    return status, told


Judge = Callable[[Provider, Call, dict[str, list[str]]], tuple[int, Any]]
PLACES: dict[str, Judge] = {
    "/cgi-bin/webhook/send": _wecom,
    "/robot/send": _dingtalk,
    "/open-apis/bot/v2/hook/": _feishu,
    "/push/": _push,
}
STATUSES = {"500": 500, "503": 503, "410": 410, "413": 413, "429": 429, "403": 403}


@contextmanager
def providers() -> Iterator[Provider]:
    """All of them on one port of this machine."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = json.loads(body) if "json" in self.headers.get("Content-Type", "") else {}
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.path, headers, body, told)
            provider.arrived.append(call)
            self.reply(call)

        def reply(self, call: Call) -> None:
            fault = provider.fault
            if fault in STATUSES:
                return self.say(STATUSES[fault], {"errcode": -7, "errmsg": f"broken {KEY}"})
            if fault == "nonsense":
                return self.say(200, "<html>")
            status, told = provider.answer(call)
            if fault == "silent":  # it was taken, but no answer comes
                provider.entered.set()
                provider.go_on.wait(PATIENCE)
                return None
            return self.say(status, told)

        def say(self, status: int, told: Any) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            """Quiet."""

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        provider.origin = f"http://127.0.0.1:{port}"
        yield provider
        provider.go_on.set()


@dataclass
class Post:
    """A mail server's state."""

    mails: list[tuple[list[str], str]] = field(default_factory=list)
    fault: str = ""
    port: int = 0
    entered: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    @property
    def origin(self) -> str:
        """As GENJIN_OUTBOUND names it."""
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def post_office() -> Iterator[Post]:
    """A mail server on a port of this machine; it knows enough of SMTP to take a mail."""
    post = Post()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            receivers: list[str] = []
            self.say("220 ready")
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "RCPT":
                    receivers.append(line.partition("<")[2].rstrip(">"))
                    self.say({"550": "550 5.1.1 no such user", "451": "451 try later"}.get(post.fault, "250 ok"))
                elif verb == "DATA":
                    self.say("354 go on")
                    if self.take(receivers):
                        break
                else:
                    self.say("221 bye" if verb == "QUIT" else "250 ok")

        def take(self, receivers: list[str]) -> bool:
            lines = iter(self.rfile.readline, b".\r\n")
            post.mails.append((receivers, b"".join(lines).decode()))
            if post.fault == "silent":
                post.entered.set()
                post.go_on.wait(PATIENCE)
                return True
            self.say("250 taken")
            return False

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        post.port = port
        yield post
        post.go_on.set()


@contextmanager
def _served(server: socketserver.ThreadingTCPServer | ThreadingHTTPServer) -> Iterator[int]:
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
