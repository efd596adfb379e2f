"""Fields that only plans have: a choice from a list that companies do not change, and when what is open is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, DateTime, FieldError, Operator
from genjin.kernel.options import Option
from genjin.kernel.wording import in_every_language, listed
from genjin.kernel.workdays import day_bounds, day_start


@dataclass(frozen=True, kw_only=True)
class Fixed(Choice):
    """One of a list that belongs to the code, because every option means something to it."""

    options: str = ""
    known: Sequence[Option]

    def choices(self, actor: Actor) -> dict[str, Option]:  # noqa: ARG002 - one signature for all choices
        """{key: option} in order."""
        return {option.key: option for option in self.known}

    def _option(self, text: str, actor: Actor) -> Option:  # noqa: ARG002 - one signature for all choices
        wanted = text.strip().casefold()
        for option in self.known:
            if wanted in {option.key, *(label.casefold() for label in in_every_language(option.label))}:
                return option
        facts = {"field": self.label, "value": wanted[:40], "options": listed(str(o.label) for o in self.known)}
        raise FieldError(_("「%(field)s」没有「%(value)s」这个选项，可选：%(options)s") % facts)


MOMENT_OPERATORS = (
    Operator("open", gettext_lazy("未完成"), "none"),
    Operator("overdue", gettext_lazy("已逾期"), "none"),
    Operator("today", gettext_lazy("今天到期（未逾期）"), "none"),
    Operator("week", gettext_lazy("在本周"), "none"),
)


@dataclass(frozen=True, kw_only=True)
class DueTime(DateTime):
    """When what is still open is due. Overdue is what was due before this very moment, or before today where it has no
    time of day (see `rules.is_overdue`)."""

    due: bool = True
    kind: ClassVar[str] = "datetime"

    def operators(self) -> tuple[Operator, ...]:
        """Those of any moment; still open, overdue, today, and in this week (from Monday)."""
        return (*super().operators(), *MOMENT_OPERATORS)

    def condition(self, operator: str, raw: list[str], actor: Actor) -> Q:
        """What is overdue, and this week, follow the clock of whoever asks."""
        if operator == "open":
            return ~self.emptiness()
        if operator == "overdue":
            return overdue(self.path, actor)
        if operator == "today":
            return due_today(self.path, actor)
        if operator == "week":
            today = actor.now().date()
            monday = today - timedelta(days=today.weekday())
            low, high = self.edge(monday, actor), self.edge(monday + timedelta(days=7), actor)
            return Q(**{f"{self.path}__gte": low, f"{self.path}__lt": high})
        return super().condition(operator, raw, actor)


def overdue(path: str, actor: Actor) -> Q:
    """What `rules.is_overdue` says, for rows."""
    now = actor.now()
    return Q(**{f"{path}__lt": now}) & ~Q(**{path: day_start(now.date(), actor.zone)})


def due_today(path: str, actor: Actor) -> Q:
    """Due today and not overdue: later today, or today without a time of day."""
    now = actor.now()
    today, tomorrow = day_bounds(now.date(), actor.zone)
    return Q(**{f"{path}__gte": now, f"{path}__lt": tomorrow}) | Q(**{path: today})


def options(pairs: Sequence[tuple[Any, ...]]) -> tuple[Option, ...]:
    """(key, label[, colour]) pairs as options."""
    return tuple(Option(p[0], p[1], p[2] if len(p) == 3 else "", order) for order, p in enumerate(pairs))
