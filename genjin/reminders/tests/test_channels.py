"""The adapters against servers that behave as the providers' documents say (S0-57)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.core.mail import EmailMessage
from pytest_django import Settings

from genjin.kernel.outbound import Limits, OutboundRefused
from genjin.kernel.refusal import Refused
from genjin.reminders.channels import mail, push, robots
from genjin.reminders.channels.message import Line, Message, Verdict
from genjin.reminders.channels.robots import ROBOTS, dingtalk_sign, feishu_sign, markdown
from genjin.reminders.models import Security
from genjin.reminders.tests.servers import KEY, SECRET, Post, Provider, post_office, providers

MESSAGE = Message("跟进：2 条新提醒", (Line("周牧远：记录转给我 2"),), key="k1", see="在跟进中查看")
SECRETS = {"wecom": "", "dingtalk": SECRET, "feishu": SECRET}


@pytest.fixture
def outside(settings: Settings) -> Iterator[Provider]:
    with providers() as provider:
        settings.OUTBOUND_ORIGINS = frozenset({provider.origin})
        yield provider


@pytest.fixture
def office(settings: Settings) -> Iterator[Post]:
    with post_office() as post:
        settings.OUTBOUND_ORIGINS = frozenset({post.origin})
        yield post


def test_signatures_are_those_of_independent_implementations() -> None:
    # made with `openssl dgst -sha256 -hmac`
    assert dingtalk_sign("1599360473000", "SECabc") == "3SJkK5Fm70JVVkwmvZFkgdPlr53Kn2utLHLz9DzuOSc="
    assert feishu_sign("1599360473", "SECabc") == "KjJCRpeZcpDq6nFA4wlSAm5ZsE3Y8HuB1O1Sgv2Y9xA="


@pytest.mark.parametrize("name", ROBOTS)
class TestRobots:
    def test_a_message_arrives_signed(self, outside: Provider, name: str) -> None:
        assert ROBOTS[name].send(outside.url[name], SECRETS[name], MESSAGE).sent
        text = json.dumps(outside.accepted[0].told, ensure_ascii=False)
        assert "周牧远：记录转给我 2" in text
        assert "/inbox" in text

    def test_a_wrong_secret_or_key_is_not_tried_again(self, outside: Provider, name: str) -> None:
        wrong = outside.url[name] + "x" if name == "wecom" else outside.url[name]
        answer = ROBOTS[name].send(wrong, "wrong" if SECRETS[name] else "", MESSAGE)
        assert answer.verdict is Verdict.NEVER
        assert answer.text
        assert KEY not in answer.text

    def test_too_many_messages_wait_as_long_as_the_provider_says(self, outside: Provider, name: str) -> None:
        outside.per_minute = 0
        answer = ROBOTS[name].send(outside.url[name], SECRETS[name], MESSAGE)
        assert answer.verdict is Verdict.LATER
        assert answer.wait is not None
        assert answer.wait.total_seconds() >= 60

    @pytest.mark.parametrize("fault", ["500", "503", "429"])
    def test_a_broken_provider_is_tried_later(self, outside: Provider, name: str, fault: str) -> None:
        outside.fault = fault
        answer = ROBOTS[name].send(outside.url[name], SECRETS[name], MESSAGE)
        assert answer.verdict is Verdict.LATER
        assert KEY not in answer.text

    def test_an_answer_that_says_nothing_is_unsure(self, outside: Provider, name: str) -> None:
        outside.fault = "nonsense"
        assert ROBOTS[name].send(outside.url[name], SECRETS[name], MESSAGE).verdict is Verdict.UNSURE

    def test_nobody_there_is_tried_later(self, outside: Provider, name: str, settings: Settings) -> None:
        settings.OUTBOUND_ORIGINS = frozenset({"http://127.0.0.1:9"})
        outside.origin = "http://127.0.0.1:9"
        assert ROBOTS[name].send(outside.url[name], SECRETS[name], MESSAGE).verdict is Verdict.LATER

    @pytest.mark.parametrize(
        "origin",
        [
            "http://127.0.0.1", "https://169.254.169.254", "https://[::ffff:169.254.169.254]", "https://0177.0.0.1",
            "https://2130706433", "https://localhost", "https://evil.example.com", "http://qyapi.weixin.qq.com",
            "https://qyapi.weixin.qq.com.evil.example.com", "https://oapi.dingtalk.com@evil.example.com",
            "https://open.feishu.cn:8443", "file://", "https://10.0.0.1",
        ],
    )  # fmt: skip
    def test_only_the_providers_own_addresses_are_taken(self, name: str, origin: str) -> None:
        provider = Provider(origin=origin)
        with pytest.raises(Refused):
            ROBOTS[name].check(provider.url[name])
        assert ROBOTS[name].send(provider.url[name], "", MESSAGE).verdict is Verdict.NEVER


def test_a_time_out_after_the_request_is_unsure(outside: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "LIMITS", Limits(read=2, whole=60))
    outside.fault = "silent"
    answer = ROBOTS["feishu"].send(outside.url["feishu"], SECRET, MESSAGE)
    assert answer.verdict is Verdict.UNSURE


def test_names_cannot_speak_in_markdown() -> None:
    evil = Message("t", (Line("[点我](http://evil.example.com) <@all> **x**"),), see="s")
    text = markdown(evil, 4096)
    assert "](http://evil" not in text
    assert "<@" not in text


def test_a_long_message_is_cut_between_lines_to_what_wecom_takes(outside: Provider) -> None:
    lines = tuple(Line(f"第 {n} 行" + "长" * 110) for n in range(20))
    long = Message("很多", lines, key="k", more="另外还有 5 条", see="看")
    assert ROBOTS["wecom"].send(outside.url["wecom"], "", long).sent
    content = outside.accepted[0].told["markdown"]["content"]
    assert len(content.encode()) <= 4096
    assert content.endswith("/inbox)")
    assert "另外还有 5 条" in content


# ---- Web Push

RECEIVER = push.Receiver(
    "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "BTBZMqHH6r4Tts7J_aSIgg",
)


def test_encryption_gives_the_example_of_rfc_8291() -> None:
    number = int.from_bytes(push.unbased("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    own = ec.derive_private_key(number, push.CURVE)
    salt = push.unbased("DGv6ra1nlYgDCS1FRnbzlw")
    sealed = push.encrypt(b"When I grow up, I want to be a watermelon", RECEIVER, salt=salt, own=own)
    assert push.based(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
        "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_sender_is_signed_for_this_push_service() -> None:
    private, public = push.new_keys()
    said = push.authorization(RECEIVER.endpoint, private, 1_700_000_000)
    token, key = said.removeprefix("vapid t=").split(", k=")
    head, claims, signed = token.split(".")
    assert key == public
    assert json.loads(push.unbased(head)) == {"typ": "JWT", "alg": "ES256"}
    told = json.loads(push.unbased(claims))
    assert told["aud"] == "https://push.example.net"
    assert told["exp"] <= 1_700_000_000 + 86_400
    raw = push.unbased(signed)
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    point = ec.EllipticCurvePublicKey.from_encoded_point(push.CURVE, push.unbased(public))
    point.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


def here(outside: Provider) -> push.Receiver:
    return push.Receiver(outside.url["push"], RECEIVER.public_key, RECEIVER.secret)


def test_a_push_is_handed_in_under_its_name(outside: Provider) -> None:
    private, _public = push.new_keys()
    for _again in range(2):
        assert push.send(here(outside), MESSAGE, private).sent
    assert outside.accepted[0].headers["topic"] == outside.accepted[1].headers["topic"] == push.topic("k1")
    assert "周牧远".encode() not in outside.accepted[0].body


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        ("410", Verdict.GONE),
        ("500", Verdict.LATER),
        ("429", Verdict.LATER),
        ("413", Verdict.NEVER),
        ("403", Verdict.NEVER),
    ],
)
def test_answers_of_push_services_are_understood(outside: Provider, fault: str, verdict: Verdict) -> None:
    outside.fault = fault
    assert push.send(here(outside), MESSAGE, push.new_keys()[0]).verdict is verdict


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1/x", "http://fcm.googleapis.com/x", "https://evil.example.com/x", "https://fcm.googleapis.com:8443/x",
        "https://xpush.services.mozilla.com.evil.example.com/", "https://[::1]/x", "https://push.apple.com.evil.cn/x",
    ],
)  # fmt: skip
def test_a_browser_may_only_name_a_push_service(endpoint: str) -> None:
    with pytest.raises(Refused):
        push.check_receiver(push.Receiver(endpoint, RECEIVER.public_key, RECEIVER.secret))


@pytest.mark.parametrize("keys", [("", RECEIVER.secret), (RECEIVER.public_key, "abc"), ("B" * 87, RECEIVER.secret)])
def test_a_browser_must_give_whole_keys(keys: tuple[str, str]) -> None:
    with pytest.raises(Refused):
        push.check_receiver(push.Receiver("https://fcm.googleapis.com/fcm/send/x", *keys))


def test_what_a_push_holds_is_cut_to_size() -> None:
    lines = tuple(Line("长" * 120) for _n in range(20))
    told = push.content(Message("题", lines, key="k", more="另外还有 3 条"))
    assert len(told) <= push.MOST_BYTES
    assert json.loads(told)["body"].endswith("另外还有 3 条")


# ---- mail


def server(office: Post, security: str = Security.PLAIN) -> mail.Post:
    return mail.Post("127.0.0.1", office.port, security, "", "", "跟进 <genjin@example.com>")


def converse(office: Post) -> Verdict:
    letter = EmailMessage("题", "正文", None, ["zhou@example.com"])
    letter.from_email = "genjin@example.com"
    return mail._converse(server(office), mail.look_at(server(office)), letter).verdict


def test_a_mail_is_taken_by_the_server(office: Post) -> None:
    assert converse(office) is Verdict.SENT
    receivers, text = office.mails[0]
    assert receivers == ["zhou@example.com"]
    assert text.rstrip().endswith("正文")


@pytest.mark.parametrize(("fault", "verdict"), [("550", Verdict.NEVER), ("451", Verdict.LATER)])
def test_what_a_mail_server_refuses_was_not_sent(office: Post, fault: str, verdict: Verdict) -> None:
    office.fault = fault
    assert converse(office) is verdict
    assert not office.mails


def test_a_mail_server_that_says_nothing_after_the_text_is_unsure(
    office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "LIMITS", Limits(read=2, whole=60, schemes=mail.LIMITS.schemes))
    office.fault = "silent"
    assert converse(office) is Verdict.UNSURE


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "localhost", "0x7f.1", "::1"])
def test_a_mail_server_inside_must_be_opened_by_the_operator(host: str) -> None:
    with pytest.raises(OutboundRefused):
        mail.look_at(mail.Post(host, 25, Security.STARTTLS, "", "", "x@example.com"))


def test_without_encryption_only_what_was_opened(office: Post, settings: Settings) -> None:
    mail.look_at(server(office))
    settings.OUTBOUND_ORIGINS = frozenset()
    with pytest.raises(OutboundRefused):
        mail.look_at(server(office))


def test_a_signature_is_written_into_an_address_whole() -> None:
    url, _content = ROBOTS["dingtalk"].request("https://oapi.dingtalk.com/robot/send?access_token=a", "S", MESSAGE, 1.0)
    assert url.endswith(f"&timestamp=1000&sign={quote(dingtalk_sign('1000', 'S'), safe='')}")
