"""Pipelines as they are in force, from memory by stamp: what every move, field and page asks. No writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.stamps import Stamped
from genjin.opportunities.defaults import KEY, default_pipe
from genjin.opportunities.models import Pipeline, Stage
from genjin.opportunities.rules import Category, Pipe, StageKind, Step, Task, TaskKind, When


@dataclass(frozen=True)
class Pipelines:
    """All pipelines in order, switched-off ones included, and all stages by key."""

    pipes: Mapping[str, Pipe]
    steps: Mapping[str, Step]

    @property
    def enabled(self) -> list[Pipe]:
        """Those in which opportunities may begin."""
        return [pipe for pipe in self.pipes.values() if pipe.enabled]

    @property
    def default(self) -> Pipe:
        """The one for whoever has no other."""
        return next(pipe for pipe in self.pipes.values() if pipe.default)

    def of_stage(self, stage: str) -> Pipe:
        """The pipeline of a stage. Raises KeyError."""
        return self.pipes[self.steps[stage].pipeline]

    def of_department(self, department_id: int | None, stamp: int) -> Pipe:
        """The usual pipeline of a department: of the nearest one above it that has any, else the default (B9)."""
        if department_id is not None:
            covering = [p for p in self.enabled if _covers(p, department_id, stamp)]
            nearest = min(covering, key=lambda pipe: _size(pipe, department_id, stamp), default=None)
            if nearest is not None:
                return nearest
        return self.default


def _covers(pipe: Pipe, department_id: int, stamp: int) -> bool:
    directory = people.directory()
    return any(department_id in directory.subtree(each, stamp) for each in pipe.departments)


def _size(pipe: Pipe, department_id: int, stamp: int) -> int:
    """How much lies below the smallest of its departments that covers this one."""
    directory = people.directory()
    below = (directory.subtree(each, stamp) for each in pipe.departments)
    return min(len(tree) for tree in below if department_id in tree)


def task_of(raw: Mapping[str, Any]) -> Task:
    """A task as it is kept. Raises ValueError or KeyError for what is none."""
    return Task(
        When(raw["when"]),
        TaskKind(raw["kind"]),
        str(raw.get("of") or ""),
        int(raw.get("count") or 1),
        bool(raw.get("required", True)),
    )


def kept_tasks(tasks: Iterable[Task]) -> list[dict[str, Any]]:
    """Tasks as JSON keeps them."""
    return [
        {"when": t.when.value, "kind": t.kind.value, "of": t.of, "count": t.count, "required": t.required}
        for t in tasks
    ]


def _step(row: Stage, place: int, pipeline: str) -> Step:
    return Step(
        key=row.key,
        pipeline=pipeline,
        label=row.name,
        english=row.english,
        place=place,
        kind=StageKind(row.kind),
        probability=row.probability,
        category=Category(row.category),
        allowed_days=row.allowed_days,
        tasks=tuple(task_of(raw) for raw in row.tasks),
        close_days=row.close_days,
        id=row.pk,
    )


def _load() -> Pipelines:
    rows: dict[int, list[Stage]] = {}
    for stage in Stage.objects.order_by("order", "id"):  # rows: configuration, kept in memory
        rows.setdefault(stage.pipeline_id, []).append(stage)
    pipes = {
        row.key: Pipe(
            key=row.key,
            label=row.name,
            english=row.english,
            steps=tuple(_step(stage, place, row.key) for place, stage in enumerate(rows.get(row.pk, ()))),
            departments=frozenset(row.departments),
            default=row.default,
            enabled=row.enabled,
            rolls_back=row.rolls_back,
            jumps=row.jumps,
            reopens=row.reopens,
            id=row.pk,
        )
        for row in Pipeline.objects.order_by("order", "id")  # rows: configuration, kept in memory
    }
    if not pipes:
        pipes = {KEY: default_pipe()}
    steps = {step.key: step for pipe in pipes.values() for step in pipe.steps}
    return Pipelines(pipes, steps)


_PIPELINES: Stamped[Pipelines] = Stamped(_load)


def pipelines_at(stamp: int) -> Pipelines:
    """All pipelines; no query while the stamp stands."""
    return _PIPELINES.at(stamp)


def name_of(named: Pipe | Step, actor: Actor) -> str:
    """What a pipeline or stage is called in the reader's language."""
    return named.english if named.english and actor.language == "en" else named.label


def pipeline_for(actor: Actor, owner_id: int | None) -> Pipe:
    """The pipeline in which an owner's opportunity begins unless another is chosen."""
    known = pipelines_at(actor.stamp)
    department = people.directory().department_of(owner_id, actor.stamp) if owner_id else None
    return known.of_department(department, actor.stamp)
