"""The input of a split: whose performance a record's is by which part."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from unicodedata import normalize

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import FieldError
from genjin.kernel.fields.fixed import Structured
from genjin.org.queries import organisation
from genjin.ownership.shares import CENT, MOST_PARTS, WHOLE

KEYS = frozenset({"member", "percent"})


@dataclass(frozen=True, kw_only=True)
class SplitLines(Structured):
    """[{"member": 12, "percent": "50"}, {"member": 15, "percent": "50"}]: whole percents, or with two decimals. Here
    only each line is read; whether they make 100 the action asks."""

    kind: ClassVar[str] = "json"

    def parse(self, raw: Any, actor: Actor) -> list[tuple[int, Decimal]]:
        """(member, percent) of each line. Raises FieldError with the number of the line that cannot be read."""
        given = super().parse(raw, actor)
        if len(given) > 5 * MOST_PARTS:
            raise FieldError(_("最多 %d 个人分享业绩") % MOST_PARTS)
        return [self._line(number, line, actor) for number, line in enumerate(given, 1)]

    def _line(self, number: int, line: Any, actor: Actor) -> tuple[int, Decimal]:
        if not isinstance(line, dict) or set(line) - KEYS:
            raise FieldError(_("第 %d 行无法识别") % number)
        who = str(line.get("member") or "").strip()
        person = (
            organisation(actor).people.get(int(who)) if who.isascii() and who.isdecimal() and len(who) < 18 else None
        )
        if person is None or not person.active:
            raise FieldError(_("第 %d 行：请选择一位在职成员") % number)
        return person.id, _percent(number, line.get("percent"))


def _percent(number: int, raw: Any) -> Decimal:
    text = normalize("NFKC", str("" if raw is None else raw)).strip().removesuffix("%").strip()
    try:
        percent = Decimal(text)
    except InvalidOperation:
        raise FieldError(_("第 %d 行：份额应填数字，例如 50 或 33.33") % number) from None
    if not percent.is_finite() or not 0 <= percent <= WHOLE:
        raise FieldError(_("第 %d 行：份额应在 0 到 100 之间") % number)
    if percent != percent.quantize(CENT):
        raise FieldError(_("第 %d 行：份额最多两位小数") % number)
    return percent.quantize(CENT)
