"""The signed sheet: what a form that was drawn carries with it. It says when and for whom it was drawn, so that nothing
has to be kept for people who only look, and no cookie is needed (frames in 微信 have none)."""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict, dataclass, field, replace

from django.core import signing

SALT = "genjin.leadforms"
GOOD_FOR = 24 * 3600


@dataclass(frozen=True)
class Sheet:
    """One drawn form: of which form, what it said (digest), its number, when it was drawn, through which channel, from
    where."""

    form: int
    said: str
    nonce: str = field(default_factory=lambda: secrets.token_hex(16))
    at: int = field(default_factory=lambda: int(time.time()))
    channel: str = ""
    referrer: str = ""
    tracked: dict[str, str] = field(default_factory=dict)

    def signed(self) -> str:
        """As it stands in the form."""
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    def age(self) -> int:
        """Seconds since it was drawn."""
        return int(time.time()) - self.at

    def fresh(self, said: str) -> Sheet:
        """Another sheet for the same reader."""
        return replace(self, nonce=secrets.token_hex(16), at=int(time.time()), said=said)


def read(text: str, form: int) -> Sheet | None:
    """The sheet of this form that was signed here; None for any other text, and for one that is too old."""
    if len(text) > 4_000:
        return None
    try:
        sheet = Sheet(**signing.loads(text, salt=SALT, max_age=GOOD_FOR))
    except (signing.BadSignature, ValueError, TypeError, KeyError):
        return None
    return sheet if sheet.form == form else None
