"""Web Push: messages encrypted for one browser (RFC 8291 over RFC 8188), signed with the company's key (VAPID, RFC
8292), handed to the browser maker's push service, which cannot read them."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _

from genjin.kernel.outbound import Limits, OutboundRefused, Reply, check_target, limits_for
from genjin.kernel.refusal import Refused
from genjin.reminders.channels.message import Answer, Message, Verdict, absolute, post

LIMITS = Limits(connect=5, read=8, whole=12, most_bytes=65_536, schemes=frozenset({"https"}), ports=frozenset({443}))
# The address is given by a browser: it may only be one of the push services that browsers use.
SERVICES = (
    "fcm.googleapis.com",
    "android.googleapis.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
KEEP = timedelta(hours=12)
LIFE = timedelta(hours=12)
RECORD = 4096
MOST_BYTES = 3_800
CURVE = ec.SECP256R1()


@dataclass(frozen=True)
class Receiver:
    """A browser: where to hand its messages in, its public key and secret (base64url)."""

    endpoint: str
    public_key: str
    secret: str


def check_receiver(receiver: Receiver) -> None:
    """Raises Refused for an address that is no push service's, or keys that are none."""
    try:
        limits = limits_for(receiver.endpoint, LIMITS)
        target = check_target(receiver.endpoint, limits=limits, resolver=lambda _host, _port: ["1.1.1.1"])
    except OutboundRefused as refused:
        raise Refused("bad_device", str(refused)) from None
    known = any(target.host == name or (name[0] == "." and target.host.endswith(name)) for name in SERVICES)
    if not known and limits is LIMITS:
        raise Refused("bad_device", _("不认识这个浏览器的推送服务：%s") % target.host)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unbased(receiver.public_key))
        whole = len(unbased(receiver.secret)) == 16
    except ValueError:
        whole = False
    if not whole:
        raise Refused("bad_device", _("浏览器给出的密钥不完整，请重新开启推送"))


def new_keys() -> tuple[str, str]:
    """A fresh pair (private number, public point), both base64url."""
    key = ec.generate_private_key(CURVE)
    return based(key.private_numbers().private_value.to_bytes(32, "big")), based(_point(key.public_key()))


def send(receiver: Receiver, message: Message, private: str) -> Answer:
    """Hand a message in. Sent twice under the same key the second replaces the first, before and after it is shown."""
    try:
        check_receiver(receiver)
    except Refused as refused:
        return Answer(Verdict.NEVER, refused.message)
    headers = {
        "TTL": str(int(KEEP.total_seconds())),
        "Topic": topic(message.key),
        "Urgency": "normal",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Authorization": authorization(receiver.endpoint, private, time.time()),
    }
    body = encrypt(content(message), receiver)
    return post(receiver.endpoint, body, headers, limits=LIMITS, read=_read, repeatable=True)


def content(message: Message) -> bytes:
    """What the service worker is given, cut to what a push may hold."""
    lines = [line.text for line in message.lines]
    while True:
        body = "\n".join([*lines, message.more] if message.more else lines)
        facts = {"title": message.title, "body": body, "url": absolute(message.path), "tag": topic(message.key)}
        text = json.dumps(facts, ensure_ascii=False).encode()
        if len(text) <= MOST_BYTES or not lines:
            return text
        lines.pop()


def topic(key: str) -> str:
    """A name of 32 base64url signs for a message, by which the service and the browser know it again."""
    return based(hashlib.sha256(key.encode()).digest())[:32]


def encrypt(
    plain: bytes, receiver: Receiver, *, salt: bytes | None = None, own: ec.EllipticCurvePrivateKey | None = None
) -> bytes:
    """One record of aes128gcm; salt and own key are fresh unless a test gives them."""
    salt = salt or os.urandom(16)
    own = own or ec.generate_private_key(CURVE)
    theirs = unbased(receiver.public_key)
    point = _point(own.public_key())
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
    material = _derive(shared, unbased(receiver.secret), b"WebPush: info\0" + theirs + point, 32)
    key = _derive(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(material, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, plain + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + len(point).to_bytes(1, "big") + point + sealed


def authorization(endpoint: str, private: str, now: float) -> str:
    """Who sends, signed for this push service and half a day."""
    parts = urlsplit(endpoint)
    own = ec.derive_private_key(int.from_bytes(unbased(private), "big"), CURVE)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(now + LIFE.total_seconds()),
        "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}",
    }
    said = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(own.sign(said.encode(), ec.ECDSA(SHA256())))
    signed = f"{said}.{based(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={signed}, k={based(_point(own.public_key()))}"


def based(raw: bytes) -> str:
    """Base64url without its padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unbased(text: str) -> bytes:
    """Bytes of base64url. Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _read(reply: Reply) -> Answer:
    text = f"HTTP {reply.status}"
    if reply.status < 300:
        return Answer(Verdict.SENT)
    if reply.status in (404, 410):
        return Answer(Verdict.GONE, text)
    if reply.status == 429 or reply.status >= 500:
        asked = reply.headers.get("retry-after", "")
        return Answer(Verdict.LATER, text, timedelta(seconds=min(int(asked), 3600)) if asked.isdecimal() else None)
    return Answer(Verdict.NEVER, text)


def _derive(material: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=purpose).derive(material)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _json(facts: dict[str, object]) -> str:
    return based(json.dumps(facts, separators=(",", ":")).encode())
