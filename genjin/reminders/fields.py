"""Input fields that only reminders need: a time of day, the table of kinds and channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError
from genjin.kernel.notices import NOTICE_KINDS
from genjin.reminders.models import Channel
from genjin.reminders.rules import DIGEST, clock


@dataclass(frozen=True, kw_only=True)
class Clock(Field):
    """A time of day, kept as `HH:MM`; '' when empty."""

    def parse(self, raw: Any, actor: Actor) -> str:
        """Never None."""
        return super().parse(raw, actor) or ""

    def parse_given(self, raw: Any, actor: Actor) -> str:
        """Raises FieldError for what is no time."""
        del actor
        try:
            return clock(str(raw).strip().replace("：", ":")[:5]).strftime("%H:%M")
        except ValueError:
            raise FieldError(_("「%s」应填时间，例如 08:30") % self.label) from None


@dataclass(frozen=True, kw_only=True)
class KindChoices(Field):
    """{kind of message: {channel: yes or no}}; kinds and channels that do not exist are refused."""

    kind: ClassVar[str] = "settings"

    def parse(self, raw: Any, actor: Actor) -> dict[str, dict[str, bool]]:
        """Raises FieldError."""
        del actor
        given = {} if raw is None else raw
        if not isinstance(given, dict) or any(not isinstance(chosen, dict) for chosen in given.values()):
            raise FieldError(_("「%s」应是以消息种类为键的对象") % self.label)
        channels = set(Channel.values)
        for kind, chosen in given.items():
            if (kind not in NOTICE_KINDS and kind != DIGEST) or set(chosen) - channels:
                raise FieldError(_("没有「%s」这种消息或渠道") % kind)
        return {kind: {channel: bool(on) for channel, on in chosen.items()} for kind, chosen in given.items()}
