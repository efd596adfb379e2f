"""Secrets that must be used again (a mail server's password, a robot's address): kept encrypted in the database.

The key is made from the installation's secret key, which lies outside the database: a copy of the database alone opens
nothing. Not for passwords of members, which are hashed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12


class Lost(Exception):
    """What was locked cannot be opened any more: the installation's secret key has changed."""


def lock(facts: Mapping[str, str]) -> bytes:
    """Encrypt and authenticate named secrets."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, json.dumps(dict(facts)).encode(), None)


def unlock(locked: bytes | memoryview) -> dict[str, str]:
    """What was locked. Raises Lost."""
    kept = bytes(locked)
    try:
        text = _cipher().decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], None)
    except (InvalidTag, ValueError):
        raise Lost from None
    return {str(name): str(value) for name, value in json.loads(text).items()}


def hint(secret: str) -> str:
    """The end of a secret, by which its owner knows it again; '' for one so short that the end would tell it."""
    return secret[-4:] if len(secret) >= 12 else ""


def _cipher() -> AESGCM:
    key = HKDF(SHA256(), 32, salt=None, info=b"genjin vault 1").derive(settings.SECRET_KEY.encode())
    return AESGCM(key)
