"""Fields that only opportunities have: pipeline and stage, whose options are the configuration, the outcome, the
expected deal to the day or the month, and how far off it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.customers.rhythm import local_day
from genjin.kernel import dates
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Date, FieldError
from genjin.kernel.fields.base import Operator
from genjin.kernel.options import Option
from genjin.kernel.wording import in_every_language, listed
from genjin.opportunities.options import SYSTEM
from genjin.opportunities.pipelines import pipelines_at
from genjin.opportunities.rules import (
    MEDIUM_DAYS,
    SHORT_DAYS,
    Horizon,
    Pipe,
    StageKind,
    Step,
    horizon_of,
    month_end,
)

TONES = ("", "info", "acc", "vio", "warn")


@dataclass(frozen=True, kw_only=True)
class LossReason(Choice):
    """Why an opportunity was lost, as people say it: that the night closed it is no reason of theirs."""

    def live(self, actor: Actor) -> Iterable[Option]:
        """The options offered in forms."""
        return (option for option in super().live(actor) if option.key != SYSTEM)


@dataclass(frozen=True, kw_only=True)
class Configured(Choice):
    """One of what the company has configured, found by key or by a name in any language."""

    options: str = ""

    def known(self, actor: Actor) -> Iterable[Option]:
        """The options in order."""
        raise NotImplementedError

    def choices(self, actor: Actor) -> dict[str, Option]:
        """{key: option}."""
        return {option.key: option for option in self.known(actor)}

    def names(self, actor: Actor, option: Option) -> set[str]:  # noqa: ARG002 - stages ask the stamp
        """What it may be called in forms and files."""
        labels = {option.key, option.english, *in_every_language(option.label)}
        return {name.casefold() for name in labels if name}

    def _option(self, text: str, actor: Actor) -> Option:
        wanted, known = text.strip().casefold(), list(self.known(actor))
        found = next((o for o in known if o.key == text.strip()), None)
        found = found or next((o for o in known if wanted in self.names(actor, o)), None)
        if found is not None:
            return found
        offered = listed(str(option.label) for option in known if not option.retired)
        facts = {"field": self.label, "value": text.strip()[:40], "options": offered}
        raise FieldError(_("「%(field)s」没有「%(value)s」这个选项，可选：%(options)s") % facts)


@dataclass(frozen=True, kw_only=True)
class PipelineChoice(Configured):
    """One of the pipelines."""

    def known(self, actor: Actor) -> Iterable[Option]:
        """All; those switched off are not offered."""
        pipes = pipelines_at(actor.stamp).pipes.values()
        return (
            Option(pipe.key, pipe.label, "", order, retired=not pipe.enabled, english=pipe.english)
            for order, pipe in enumerate(pipes)
        )


@dataclass(frozen=True, kw_only=True)
class StageChoice(Configured):
    """One of the stages. A name that several pipelines have is told with the pipeline's."""

    def known(self, actor: Actor) -> Iterable[Option]:
        """The stages of all pipelines, the default one first."""
        pipelines = pipelines_at(actor.stamp)
        pipes = sorted(pipelines.pipes.values(), key=lambda pipe: not pipe.default)
        names = [step.label for step in pipelines.steps.values()]
        for pipe in pipes:
            for step in pipe.steps:
                several = names.count(step.label) > 1 and not pipe.default
                label = f"{pipe.label} · {step.label}" if several else step.label
                yield Option(step.key, label, tone_of(step), step.place, retired=not pipe.enabled, english=step.english)

    def names(self, actor: Actor, option: Option) -> set[str]:
        """Its plain name as well."""
        step = pipelines_at(actor.stamp).steps[option.key]
        return {*super().names(actor, option), step.label.casefold()}

    def text(self, value: Any, actor: Actor) -> str:
        """Its plain name."""
        step = pipelines_at(actor.stamp).steps.get(value) if value else None
        if step is None:
            return str(value or "")
        return step.english if step.english and actor.language == "en" else step.label


@dataclass(frozen=True, kw_only=True)
class ReachedStage(StageChoice):
    """The furthest stage: `in` finds what came as far as this one or further."""

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """The stage and those after it in its pipeline."""
        pipelines = pipelines_at(actor.stamp)
        reached = {
            step.key for value in values for step in pipelines.of_stage(value).steps[pipelines.steps[value].place :]
        }
        condition = Q(**{f"{self.path}__in": sorted(reached)})
        return ~condition if operator.key == "not" else condition


def tone_of(step: Step) -> str:
    """The colour of a stage: of the deal green, of the others by their place."""
    if step.kind is not StageKind.PROGRESS:
        return "ok"
    return TONES[step.place % len(TONES)]


def step_called(pipe: Pipe, text: str, actor: Actor) -> Step | None:
    """The stage of a pipeline that bears the name of another pipeline's stage."""
    other = pipelines_at(actor.stamp).steps.get(text)
    if other is None:
        return None
    return next((step for step in pipe.steps if step.label == other.label), None)


class MonthOnly(dt.date):
    """The last day of a month of which no day is known."""

    @classmethod
    def of(cls, day: dt.date) -> MonthOnly:
        """The month of a day."""
        end = month_end(day)
        return cls(end.year, end.month, end.day)


@dataclass(frozen=True, kw_only=True)
class ExpectedDate(Date):
    """When the deal is expected: a day, or a month (`2026-11`, `11 月`), which means its last day (S3-18)."""

    def _date(self, raw: Any, actor: Actor) -> dt.date:
        if isinstance(raw, str):
            try:
                written = dates.parse_date(raw, today=actor.now().date(), lean="future")
            except ValueError as error:
                raise FieldError(_("「%(field)s」：%(why)s") % {"field": self.label, "why": error}) from None
            if written.precision == "month":
                return MonthOnly.of(written.day)
            return written.day
        return super()._date(raw, actor)


HORIZONS = tuple(
    Option(one.value, one.label, tone, order)
    for order, (one, tone) in enumerate(zip(Horizon, ("ok", "info", ""), strict=True))
)


@dataclass(frozen=True, kw_only=True)
class HorizonOf(Choice):
    """Short, medium or long (S1-23), worked out from the expected date on the day on which it is asked."""

    options: str = ""
    kind: ClassVar[str] = "choice"

    def choices(self, actor: Actor) -> dict[str, Option]:  # noqa: ARG002 - one signature for all choices
        """The three."""
        return {option.key: option for option in HORIZONS}

    def _option(self, text: str, actor: Actor) -> Option:  # noqa: ARG002 - one signature for all choices
        wanted = text.strip().casefold()
        for option in HORIZONS:
            if wanted in {option.key, *(label.casefold() for label in in_every_language(option.label))}:
                return option
        raise FieldError(_("「%(field)s」的筛选值不对") % {"field": self.label})

    def _of(self, value: Any, today: dt.date) -> Option | None:
        if isinstance(value, str) and value in {option.key for option in HORIZONS}:
            return self.choices_by_key[value]
        day = dt.date.fromisoformat(value) if isinstance(value, str) and value else value or None
        found = horizon_of(day, today)
        return self.choices_by_key[found.value] if found else None

    @property
    def choices_by_key(self) -> dict[str, Option]:
        """The three, by key."""
        return {option.key: option for option in HORIZONS}

    def text(self, value: Any, actor: Actor) -> str:
        """短期（30 天内）."""
        found = self._of(value, actor.now().date())
        return str(found.label) if found else ""

    def colour(self, value: Any, actor: Actor) -> str:
        """The nearer, the greener."""
        found = self._of(value, actor.now().date())
        return found.colour if found else ""

    def to_json(self, value: Any) -> Any:
        """Its key, as of the company's today."""
        found = self._of(value, _today())
        return found.key if found else None

    def operators(self) -> tuple[Operator, ...]:
        """In, empty."""
        return tuple(operator for operator in super().operators() if operator.key != "not")

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:  # noqa: ARG002 - one signature
        """Ranges of the expected date."""
        today = actor.now().date()
        near, far = today + dt.timedelta(days=SHORT_DAYS), today + dt.timedelta(days=MEDIUM_DAYS)
        ranges = {
            Horizon.SHORT.value: Q(**{f"{self.path}__lte": near}),
            Horizon.MEDIUM.value: Q(**{f"{self.path}__gt": near, f"{self.path}__lte": far}),
            Horizon.LONG.value: Q(**{f"{self.path}__gt": far}),
        }
        found = Q(pk__in=[])
        for value in values:
            found |= ranges[value]
        return found

    def emptiness(self) -> Q:
        """No date is expected."""
        return Q(**{f"{self.path}__isnull": True})


def _today() -> dt.date:
    return local_day(timezone.now())
