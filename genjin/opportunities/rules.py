"""How opportunities move (B9): what a pipeline is, which moves follow from it, what they ask for. No queries.

A pipeline is a row of stages: some in progress, one where it is won (成交), perhaps some after the sale (售后). Lost
and invalid are no stages: such an opportunity keeps the stage at which it ended. The table of moves is worked out from
the configuration and is the only truth for dragging, forms, bulk, import and the JSON door.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.moves import Moves

MOST_STAGES = 15
MOST_PIPELINES = 20
MOST_TASKS = 12
CENT = Decimal("0.01")


class Outcome(TextChoices):
    """How it stands: worked on, or how it ended."""

    OPEN = "open", pgettext_lazy("opportunity", "进行中")
    WON = "won", _("赢单")
    LOST = "lost", _("输单")
    INVALID = "invalid", pgettext_lazy("opportunity", "无效")


class Category(TextChoices):
    """Categories of the forecast (B13)."""

    PIPELINE = "pipeline", _("普通商机")
    BEST = "best", _("有望成交")
    COMMIT = "commit", _("承诺成交")
    CLOSED = "closed", pgettext_lazy("forecast", "已成交")
    OMITTED = "omitted", _("不计入")


class StageKind(TextChoices):
    """What a stage is: part of the work, the deal, or what comes after it."""

    PROGRESS = "progress", pgettext_lazy("opportunity", "进行中")
    WON = "won", _("成交")
    AFTER = "after", _("售后")


class Horizon(TextChoices):
    """How far off the deal is (S1-23): to 30 days, to 90 ◇, beyond."""

    SHORT = "short", _("短期（30 天内）")
    MEDIUM = "medium", _("中期（31–90 天）")
    LONG = "long", _("长期（90 天以上）")


SHORT_DAYS, MEDIUM_DAYS = 30, 90
CHOSEN = (Category.PIPELINE, Category.BEST, Category.COMMIT)
"""The categories that a salesperson may choose; the others follow from the outcome (B13)."""

OUTCOME = Moves(
    name="opportunity outcome",
    attribute="outcome",
    states=Outcome,
    table={
        Outcome.OPEN: frozenset({Outcome.WON, Outcome.LOST, Outcome.INVALID}),
        Outcome.WON: frozenset({Outcome.OPEN}),
        Outcome.LOST: frozenset({Outcome.OPEN}),
        Outcome.INVALID: frozenset({Outcome.OPEN}),
    },
    words={
        Outcome.WON: _("商机已赢单，不能再这样操作"),
        Outcome.LOST: _("商机已输单，不能再这样操作"),
        Outcome.INVALID: _("商机已标为无效，不能再这样操作"),
    },
)


class Move(StrEnum):
    """Kinds of moves between two stages."""

    FORWARD = "forward"
    JUMP = "jump"
    BACK = "back"
    WIN = "win"
    AFTER = "after"


class Why(StrEnum):
    """Why there is no move between two stages."""

    SAME = "same_stage"
    ELSEWHERE = "other_pipeline"
    NO_JUMP = "no_jump"
    NO_BACK = "no_roll_back"
    ENDED = "ended"
    NOT_WON = "not_won"


class TaskKind(StrEnum):
    """What a task asks for: a field filled in, follow-ups held, files attached."""

    FIELD = "field"
    FOLLOWUP = "followup"
    FILE = "file"


class When(StrEnum):
    """At which end of its stage a task is due."""

    ENTRY = "entry"
    EXIT = "exit"


@dataclass(frozen=True)
class Task:
    """One task of a stage. `of`: the key of the field, or the way of the follow-up ('' for any)."""

    when: When
    kind: TaskKind
    of: str = ""
    count: int = 1
    required: bool = True


@dataclass(frozen=True)
class Step:
    """A stage as it is in force. `place`: its number in its pipeline, from 0."""

    key: str
    pipeline: str
    label: str
    english: str
    place: int
    kind: StageKind
    probability: int
    category: Category
    allowed_days: int | None = None
    tasks: tuple[Task, ...] = ()
    close_days: int | None = None
    id: int = 0

    def due(self, when: When) -> tuple[Task, ...]:
        """Its required tasks at one end."""
        return tuple(task for task in self.tasks if task.required and task.when is when)


@dataclass(frozen=True)
class Pipe:
    """A pipeline as it is in force."""

    key: str
    label: str
    english: str
    steps: tuple[Step, ...]
    departments: frozenset[int] = frozenset()
    default: bool = False
    enabled: bool = True
    rolls_back: bool = True
    jumps: bool = True
    reopens: bool = False
    id: int = 0

    def step(self, key: str) -> Step | None:
        """One of its stages."""
        return next((step for step in self.steps if step.key == key), None)

    @property
    def progress(self) -> tuple[Step, ...]:
        """The stages of the work."""
        return tuple(step for step in self.steps if step.kind is StageKind.PROGRESS)

    @property
    def first(self) -> Step:
        """Where opportunities begin."""
        return self.steps[0]

    @property
    def won(self) -> Step:
        """Where it is won."""
        return next(step for step in self.steps if step.kind is StageKind.WON)


def in_order(kinds: Sequence[StageKind]) -> bool:
    """Whether stages of these kinds make a pipeline: at least one in progress, one deal, then after the sale."""
    order = [list(StageKind).index(kind) for kind in kinds]
    return order == sorted(order) and order.count(1) == 1 and order.count(0) >= 1


def move_between(pipe: Pipe, outcome: Outcome, before: str, after: str) -> Move | Why:
    """The move from one stage to another, or why there is none (B9)."""
    here, there = pipe.step(before), pipe.step(after)
    if here is None or there is None:
        return Why.ELSEWHERE
    if here == there:
        return Why.SAME
    if outcome is Outcome.WON:
        return _after_sale(here, there)
    if outcome is not Outcome.OPEN:
        return Why.ENDED
    if there.kind is StageKind.AFTER:
        return Why.NOT_WON
    if there.place < here.place:
        return Move.BACK if pipe.rolls_back else Why.NO_BACK
    if there.place > here.place + 1 and not pipe.jumps:
        return Why.NO_JUMP
    if there.kind is StageKind.WON:
        return Move.WIN
    return Move.FORWARD if there.place == here.place + 1 else Move.JUMP


def _after_sale(here: Step, there: Step) -> Move | Why:
    """Of what is won only the stages after the sale are left to walk."""
    return Move.AFTER if there.kind is not StageKind.PROGRESS and here.kind is not StageKind.PROGRESS else Why.ENDED


def table(pipe: Pipe) -> Iterator[tuple[Outcome, str, str, Move]]:
    """Every move of a pipeline: (how it stands, from, to, what it is)."""
    for outcome in Outcome:
        for here in pipe.steps:
            for there in pipe.steps:
                found = move_between(pipe, outcome, here.key, there.key)
                if isinstance(found, Move):
                    yield outcome, here.key, there.key, found


def tasks_of(pipe: Pipe, before: str, after: str) -> list[Task]:
    """What is due for a move forward: the exit of the present stage, entry and exit of those between, the entry of the
    new one. Going back asks for nothing. `before` '' enters from outside."""
    here, there = pipe.step(before), pipe.step(after)
    if there is None or (here is not None and there.place <= here.place):
        return []
    found = list(here.due(When.EXIT)) if here else []
    start = here.place + 1 if here else 0
    for step in pipe.steps[start : there.place]:
        found += [*step.due(When.ENTRY), *step.due(When.EXIT)]
    return list(dict.fromkeys([*found, *there.due(When.ENTRY)]))


def category_of(probability: int) -> Category:
    """The category that a probability stands for (B13 ◇)."""
    if probability <= 30:
        return Category.PIPELINE
    if probability <= 70:
        return Category.BEST
    return Category.COMMIT if probability < 100 else Category.CLOSED


def weighted(amount: Decimal | None, probability: int) -> Decimal:
    """Amount × probability, to the cent (B13)."""
    return ((amount or Decimal()) * probability / 100).quantize(CENT, ROUND_HALF_UP)


def line_total(price: Decimal, quantity: Decimal, discount: Decimal) -> Decimal:
    """Price × quantity × discount in per cent (90 is nine tenths), to the cent."""
    return (price * quantity * discount / 100).quantize(CENT, ROUND_HALF_UP)


def horizon_of(expected: date | None, today: date) -> Horizon | None:
    """How far off the expected deal is (S1-23)."""
    if expected is None:
        return None
    days = (expected - today).days
    if days <= SHORT_DAYS:
        return Horizon.SHORT
    return Horizon.MEDIUM if days <= MEDIUM_DAYS else Horizon.LONG


def stalls_on(entered: date, step: Step | None) -> date | None:
    """The last day that a stage allows (B9: still allowed on day N, late from day N + 1)."""
    if step is None or step.allowed_days is None or step.kind is not StageKind.PROGRESS:
        return None
    return entered + timedelta(days=step.allowed_days)


def month_end(day: date) -> date:
    """The last day of a month."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)
