"""Fingerprints of the secret key: a backup holds no key, but can tell the right one from a wrong one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping

# A key that a person has chosen may be guessed: each guess shall cost.
_COST = {"n": 1 << 14, "r": 8, "p": 1}


def fingerprint_of(secret: str) -> dict[str, str]:
    """{salt, digest} of a secret key; {} for none."""
    if not secret:
        return {}
    salt = secrets.token_hex(16)
    return {"salt": salt, "digest": _digest(secret, salt)}


def fits(secret: str, fingerprint: Mapping[str, str]) -> bool:
    """Whether this is the key that the fingerprint was made of."""
    if not secret or not fingerprint:
        return False
    return hmac.compare_digest(_digest(secret, fingerprint["salt"]), fingerprint["digest"])


def _digest(secret: str, salt: str) -> str:
    return hashlib.scrypt(secret.encode(), salt=bytes.fromhex(salt), dklen=32, **_COST).hex()
