"""The status of a campaign as a field: told from its dates on the day on which it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.campaigns.rules import Status, period_of, status_on
from genjin.customers.rhythm import local_day
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, FieldError
from genjin.kernel.fields.base import Operator
from genjin.kernel.options import Option
from genjin.kernel.wording import in_every_language

TONES = {Status.PLANNED: "info", Status.RUNNING: "ok", Status.ENDED: ""}
OPTIONS: dict[str, Option] = {
    one.value: Option(one.value, one.label, TONES[one], order) for order, one in enumerate(Status)
}


@dataclass(frozen=True, kw_only=True)
class StatusField(Choice):
    """未开始, 进行中 or 已结束, told from both dates, which the column `period` holds as one text."""

    options: str = ""
    kind: ClassVar[str] = "choice"

    def choices(self, actor: Actor) -> dict[str, Option]:  # noqa: ARG002 - one signature for all choices
        """The three."""
        return OPTIONS

    def _option(self, text: str, actor: Actor) -> Option:  # noqa: ARG002 - one signature for all choices
        wanted = text.strip().casefold()
        for option in OPTIONS.values():
            if wanted in {option.key, *(label.casefold() for label in in_every_language(option.label))}:
                return option
        raise FieldError(_("「%(field)s」的筛选值不对") % {"field": self.label})

    def _of(self, value: Any, today: date) -> Option | None:
        if not value or value in OPTIONS:
            return OPTIONS.get(value or "")
        return OPTIONS[status_on(today, *period_of(value)).value]

    def text(self, value: Any, actor: Actor) -> str:
        """进行中."""
        found = self._of(value, actor.now().date())
        return str(found.label) if found else ""

    def colour(self, value: Any, actor: Actor) -> str:
        """What runs is green."""
        found = self._of(value, actor.now().date())
        return found.colour if found else ""

    def to_json(self, value: Any) -> Any:
        """Its key, as of the company's today."""
        found = self._of(value, local_day(timezone.now()))
        return found.key if found else None

    def operators(self) -> tuple[Operator, ...]:
        """One of."""
        return tuple(operator for operator in super().operators() if operator.key == "in")

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:  # noqa: ARG002 - one signature
        """Conditions on the dates, for who asks today."""
        today = actor.now().date()
        running = Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))
        of_status = {
            Status.PLANNED.value: Q(starts_on__gt=today),
            Status.RUNNING.value: running,
            Status.ENDED.value: Q(ends_on__lt=today),
        }
        found = Q(pk__in=[])
        for value in values:
            found |= of_status[value]
        return found
