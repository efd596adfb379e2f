"""Input fields that only pools need: their recycling rules, and which fields they hide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError
from genjin.kernel.fields.base import Access
from genjin.kernel.fields.fixed import Structured

REASONS: dict[str, Any] = {
    "no_followup": gettext_lazy("没有跟进"),
    "no_deal": gettext_lazy("没有成交"),
    "unprotected": gettext_lazy("保护期满"),
}
"""{key: label} of the conditions a rule may name (P5); areas add theirs, so that none is offered before it can hold."""
MOST_RULES, MOST_DAYS, MOST_REMINDERS = 100, 3_650, 5
RULE_KEYS = frozenset({"reason", "days", "field", "options", "spares_dealt", "spares_open", "enabled"})


@dataclass(frozen=True, kw_only=True)
class RecyclingRules(Structured):
    """Conditions by which records fall into a pool (P5): [{"reason": "no_followup", "days": 30, "field": "level",
    "options": ["A"], "spares_dealt": true}]. Here only their shape is checked; the pool knows its type."""

    def parse(self, raw: Any, actor: Actor) -> list[dict[str, Any]]:
        """Raises FieldError with the number of the rule that cannot be read."""
        given = super().parse(raw, actor)
        if len(given) > MOST_RULES:
            raise FieldError(_("「%(field)s」应是一列规则，最多 %(n)d 条") % {"field": self.label, "n": MOST_RULES})
        return [self._rule(number, each) for number, each in enumerate(given, 1)]

    def _rule(self, number: int, raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict) or set(raw) - RULE_KEYS:
            raise FieldError(_("第 %d 条回收规则无法识别") % number)
        days = str(raw.get("days", "")).strip()
        if not days.isdecimal() or not 1 <= int(days[:6]) <= MOST_DAYS:
            raise FieldError(
                _("第 %(n)d 条回收规则：天数应为 1 到 %(most)d 之间的整数") % {"n": number, "most": MOST_DAYS}
            )
        options = raw.get("options") or []
        options = options.split(",") if isinstance(options, str) else list(options)
        if raw.get("reason") not in REASONS:
            raise FieldError(_("第 %d 条回收规则：请选择条件") % number)
        return {
            "reason": str(raw["reason"]),
            "days": int(days),
            "field": str(raw.get("field", "") or ""),
            "options": [str(option) for option in options if str(option)][:200],
            "spares_dealt": _yes(raw.get("spares_dealt", True)),
            "spares_open": _yes(raw.get("spares_open", False)),
            "enabled": _yes(raw.get("enabled", True)),
        }


@dataclass(frozen=True, kw_only=True)
class HiddenFields(Structured):
    """What a pool's members do not see until they claim (P10): {"phone": "masked", "risks": "hidden"}."""

    def parse(self, raw: Any, actor: Actor) -> dict[str, str]:
        """Raises FieldError for what is neither hidden nor masked."""
        given: dict[str, Any] = super().parse(raw, actor)
        if any(value not in ("", Access.HIDDEN.value, Access.MASKED.value) for value in given.values()):
            raise FieldError(_("「%(field)s」应写明每个字段是隐藏还是部分显示") % {"field": self.label})
        return {str(key): value for key, value in sorted(given.items()) if value}


@dataclass(frozen=True, kw_only=True)
class DaysBefore(Field):
    """Days before something happens, e.g. 7, 3 and 1; the longest first."""

    kind: ClassVar[str] = "days_before"

    def parse(self, raw: Any, actor: Actor) -> list[int]:  # noqa: ARG002 - one signature for all kinds
        """From a list or a text with commas. Raises FieldError."""
        text = str(raw or "").replace("，", ",").replace("、", ",")
        parts = raw if isinstance(raw, list) else text.split(",")
        found = [str(part).strip() for part in parts if str(part).strip()]
        if len(found) > MOST_REMINDERS or any(not part.isdecimal() or not 1 <= int(part[:4]) <= 90 for part in found):
            words = {"field": self.label, "n": MOST_REMINDERS}
            raise FieldError(_("「%(field)s」应为 1 到 90 之间的整数，用逗号分开，最多 %(n)d 个，例如 7,3,1") % words)
        return sorted({int(part) for part in found}, reverse=True)


def _yes(raw: Any) -> bool:
    return raw not in (False, None, "", "0", 0, "false")
