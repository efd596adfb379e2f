"""Group robots of 企业微信, 钉钉 and 飞书: where they live, how a message is signed and written, what answers mean.

All three answer HTTP 200 with a code in the body when they refuse. An origin that the operator opened (GENJIN_OUTBOUND)
may serve as a robot of a private deployment.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlsplit

from django.utils.translation import gettext as _

from genjin.kernel.outbound import Limits, OutboundRefused, Reply, check_target, limits_for
from genjin.kernel.refusal import Refused
from genjin.reminders.channels.message import Answer, Line, Message, Verdict, absolute, post, short

LIMITS = Limits(connect=5, read=8, whole=12, most_bytes=65_536, schemes=frozenset({"https"}), ports=frozenset({443}))
JSON = {"Content-Type": "application/json; charset=utf-8"}
# Signs that would make a name speak in Markdown, become a link or call people.
_LOUD = str.maketrans("<>[]()*_`~#@|\\&!", "＜＞［］（）＊＿｀～＃＠｜＼＆！")


class Robot:
    """What is common to the providers; each of them is a class below."""

    origins: ClassVar[frozenset[str]]
    place: ClassVar[str]
    example: ClassVar[str]
    signs: ClassVar[bool] = True
    most_bytes: ClassVar[int] = 18_000
    busy: ClassVar[Mapping[int, timedelta]]
    wrong: ClassVar[frozenset[int]]

    def key_of(self, url: str) -> str:
        """The secret part of a robot's address; '' when there is none."""
        raise NotImplementedError

    def request(self, url: str, secret: str, message: Message, now: float) -> tuple[str, dict[str, Any]]:
        """Where to post, and what."""
        raise NotImplementedError

    def code_of(self, told: Mapping[str, Any]) -> tuple[int, str]:
        """(code, words) of an answer; code 0 is success."""
        return int(told["errcode"]), str(told.get("errmsg", ""))

    def check(self, url: str) -> None:
        """Raises Refused on the field url for what is not an address of this provider's robots."""
        try:
            limits = limits_for(url, LIMITS)
            target = check_target(url, limits=limits, resolver=_nowhere)
        except OutboundRefused as refused:
            raise Refused("bad_robot", str(refused), "url") from None
        known = f"{target.scheme}://{target.host}:{target.port}" in self.origins or limits is not LIMITS
        if not known or not target.path.startswith(self.place) or not self.key_of(url):
            raise Refused("bad_robot", _("这不是这种机器人的地址，应像 %s") % self.example, "url")

    def send(self, url: str, secret: str, message: Message) -> Answer:
        """Post one message. Never raises for what the other side does."""
        try:
            self.check(url)
        except Refused as refused:
            return Answer(Verdict.NEVER, refused.message)
        where, content = self.request(url, secret, message, time.time())
        body = json.dumps(content, ensure_ascii=False).encode()
        return post(where, body, JSON, limits=LIMITS, read=lambda reply: self._read(reply, self.key_of(url), secret))

    def _read(self, reply: Reply, *secrets: str) -> Answer:
        if reply.status == 429 or reply.status >= 500:
            return Answer(Verdict.LATER, f"HTTP {reply.status}")
        try:
            code, words = self.code_of(json.loads(reply.body))
        except (ValueError, KeyError, TypeError):
            return Answer(Verdict.NEVER if reply.status >= 400 else Verdict.UNSURE, f"HTTP {reply.status}")
        if code == 0:
            return Answer(Verdict.SENT)
        text = short(f"{code} {words}", *secrets)
        if code in self.busy:
            return Answer(Verdict.LATER, text, self.busy[code])
        return Answer(Verdict.NEVER if code in self.wrong else Verdict.LATER, text)


class WeCom(Robot):
    """企业微信: the key in the address is the only secret; at most 20 messages a minute, 4,096 bytes of Markdown."""

    origins = frozenset({"https://qyapi.weixin.qq.com:443"})
    place = "/cgi-bin/webhook/send"
    example = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"
    signs = False
    most_bytes = 4_096
    busy: ClassVar[Mapping[int, timedelta]] = {45009: timedelta(minutes=1), -1: timedelta(minutes=1)}
    wrong = frozenset({93000, 93004, 93008, 40008, 40058, 44004})

    def key_of(self, url: str) -> str:
        """`?key=`."""
        return _parameter(url, "key")

    def request(self, url: str, secret: str, message: Message, now: float) -> tuple[str, dict[str, Any]]:
        """Markdown, unsigned."""
        del secret, now
        return url, {"msgtype": "markdown", "markdown": {"content": markdown(message, self.most_bytes)}}


class DingTalk(Robot):
    """钉钉: timestamp (milliseconds) and signature in the address; 20 messages a minute, else ten minutes off."""

    origins = frozenset({"https://oapi.dingtalk.com:443"})
    place = "/robot/send"
    example = "https://oapi.dingtalk.com/robot/send?access_token=…"
    busy: ClassVar[Mapping[int, timedelta]] = dict.fromkeys((130101, 410100, 660026, 90030), timedelta(minutes=10))
    wrong = frozenset({310000, 300001, 300005, 400013, 400101, 400102, 400105, 400106, 40035, 43004})

    def key_of(self, url: str) -> str:
        """`?access_token=`."""
        return _parameter(url, "access_token")

    def request(self, url: str, secret: str, message: Message, now: float) -> tuple[str, dict[str, Any]]:
        """Markdown; signed when the robot has a secret (others go by keyword or address)."""
        content = {
            "msgtype": "markdown",
            "markdown": {"title": message.title, "text": markdown(message, self.most_bytes)},
        }
        if not secret:
            return url, content
        stamp = str(round(now * 1000))
        return f"{url}&timestamp={stamp}&sign={quote(dingtalk_sign(stamp, secret), safe='')}", content


class Feishu(Robot):
    """飞书 (and Lark): timestamp (seconds) and signature in the body; 100 messages a minute, 20 KB."""

    origins = frozenset({"https://open.feishu.cn:443", "https://open.larksuite.com:443"})
    place = "/open-apis/bot/v2/hook/"
    example = "https://open.feishu.cn/open-apis/bot/v2/hook/…"
    busy: ClassVar[Mapping[int, timedelta]] = {11232: timedelta(minutes=1), 9499: timedelta(minutes=1)}
    wrong = frozenset({19001, 19021, 19022, 19024, 19002})

    def key_of(self, url: str) -> str:
        """The last part of the path."""
        return urlsplit(url).path.removeprefix(self.place)

    def code_of(self, told: Mapping[str, Any]) -> tuple[int, str]:
        """`code`, or `StatusCode` of older robots."""
        code = told["code"] if "code" in told else told["StatusCode"]
        return int(code), str(told.get("msg", ""))

    def request(self, url: str, secret: str, message: Message, now: float) -> tuple[str, dict[str, Any]]:
        """Rich text: lines of text and links, nothing of which is read as marks."""
        lines = [[{"tag": "text", "text": line.text}] for line in message.lines]
        lines += [[{"tag": "text", "text": message.more}]] if message.more else []
        lines.append([{"tag": "a", "text": message.see, "href": absolute(message.path)}])
        post_ = {"zh_cn": {"title": message.title, "content": lines}}
        content: dict[str, Any] = {"msg_type": "post", "content": {"post": post_}}
        if secret:
            stamp = str(round(now))
            content |= {"timestamp": stamp, "sign": feishu_sign(stamp, secret)}
        return url, content


ROBOTS: dict[str, Robot] = {"wecom": WeCom(), "dingtalk": DingTalk(), "feishu": Feishu()}


def dingtalk_sign(stamp: str, secret: str) -> str:
    """HMAC-SHA256 of `stamp newline secret` under the secret, in base64."""
    return base64.b64encode(hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)).decode()


def feishu_sign(stamp: str, secret: str) -> str:
    """HMAC-SHA256 of nothing under `stamp newline secret`, in base64."""
    return base64.b64encode(hmac.digest(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256)).decode()


def markdown(message: Message, most_bytes: int) -> str:
    """The message in the Markdown that these robots know, cut between lines to fit."""
    last = f"[{message.see}]({absolute(message.path)})"
    ends = [message.more, last] if message.more else [last]
    text = [f"**{_quiet(message.title)}**"]
    for line in message.lines:
        more = [*text, _line(line)]
        if len("\n\n".join([*more, *ends]).encode()) > most_bytes:
            break
        text = more
    return "\n\n".join([*text, *ends])


def _line(line: Line) -> str:
    return f"> {_quiet(line.text)}"


def _quiet(text: str) -> str:
    return text.translate(_LOUD)


def _parameter(url: str, name: str) -> str:
    return parse_qs(urlsplit(url).query).get(name, [""])[0]


def _nowhere(host: str, port: int) -> list[str]:
    """For a look at the address only: names are resolved when it is used."""
    del host, port
    return ["1.1.1.1"]
