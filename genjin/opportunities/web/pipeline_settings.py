"""Pipelines in the settings: all of them with their stages, the form of a stage with its tasks, an example on the
company's own data before it is saved."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.followups.options import METHOD
from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import FieldError
from genjin.kernel.options import options_of
from genjin.kernel.refusal import NotFound, Refused
from genjin.opportunities.actions.pipelines import (
    create_pipeline,
    delete_pipeline,
    edit_pipeline,
    make_default_pipeline,
    switch_off_pipeline,
    switch_on_pipeline,
)
from genjin.opportunities.actions.stages import add_stage, delete_stage, edit_stage, shift_stage
from genjin.opportunities.fields import tone_of
from genjin.opportunities.pipelines import kept_tasks, name_of, pipelines_at
from genjin.opportunities.queries.previewing import averages, example, standing
from genjin.opportunities.record import MANAGE
from genjin.opportunities.rules import CHOSEN, Pipe, StageKind, Step, category_of
from genjin.opportunities.tasks import ROWS, askable, task_words
from genjin.org.queries import organisation
from genjin.org.web.frame import Section, SettingsForm, register_settings, settings_page
from genjin.ui.pages import PageRequest, fragment, go, page

ROUTE = "settings/pipelines"
STAGE = "settings/pipelines/stages"
TEXTS = ("name", "english", "probability", "category", "allowed_days", "close_days", "kind")
MOVED: dict[str, tuple[Action[Any, Any], Any]] = {
    "default": (make_default_pipeline, gettext_lazy("已设为默认管线")),
    "on": (switch_on_pipeline, gettext_lazy("管线已启用")),
    "off": (switch_off_pipeline, gettext_lazy("管线已停用：不再用来新建商机，已有的照常推进")),
    "delete": (delete_pipeline, gettext_lazy("管线已删除")),
}

register_settings(
    Section(
        "pipelines",
        gettext_lazy("销售管线"),
        icon="route",
        note=gettext_lazy("商机有哪些阶段、赢率、停留天数，进入和离开时要做什么"),
        needs=MANAGE,
    ),
    before="company",
)


@page(ROUTE, name="pipelines", needs=MANAGE)
def pipelines(request: PageRequest) -> HttpResponse:
    """All pipelines with their stages, what each asks, and how it goes on own data."""
    actor = request.actor
    org, there, took = organisation(actor), standing(actor), averages(actor)
    lines = [
        {
            "pipe": replace(pipe, label=name_of(pipe, actor)),
            "departments": [org.departments[one].name for one in sorted(pipe.departments) if one in org.departments],
            "stages": [_line(actor, pipe, step, there, took) for step in pipe.steps],
        }
        for pipe in pipelines_at(actor.stamp).pipes.values()
    ]
    return settings_page(request, "opportunities/pipelines.html", "pipelines", lines=lines)


def _line(actor: Actor, pipe: Pipe, step: Step, there: Mapping[str, int], took: Mapping[str, float]) -> dict[str, Any]:
    return {
        "step": replace(step, label=name_of(step, actor)),
        "tone": tone_of(step),
        "entry": [_words(task, actor.stamp) for task in step.tasks if task.when == "entry"],
        "exit": [_words(task, actor.stamp) for task in step.tasks if task.when == "exit"],
        "standing": there.get(step.key, 0),
        "average": took.get(step.key),
        "up": step.place > 0 and pipe.steps[step.place - 1].kind is step.kind,
        "down": step.place + 1 < len(pipe.steps) and pipe.steps[step.place + 1].kind is step.kind,
    }


def _words(task: Any, stamp: int) -> str:
    return task_words(task, stamp) if task.required else _("%s（可选）") % task_words(task, stamp)


@page(f"{ROUTE}/new", name="pipeline-new", methods=["GET", "POST"], needs=MANAGE)
def new_pipeline(request: PageRequest) -> HttpResponse:
    """A new pipeline, with the stages of another one."""
    given = {"rolls_back": True, "jumps": True}
    form = SettingsForm(request, create_pipeline, gettext_lazy("新建管线"), given=given)
    return form.answer(lambda: go(request, reverse("pipelines"), _("管线已新建，可以修改它的阶段")))


@page(f"{ROUTE}/<slug:pipeline_key>/edit", name="pipeline-edit", methods=["GET", "POST"], needs=MANAGE)
def changed_pipeline(request: PageRequest, pipeline_key: str) -> HttpResponse:
    """Change a pipeline's name, departments and switches."""
    pipe = _pipe(request, pipeline_key)
    given = {
        "name": pipe.label, "english": pipe.english, "departments": [str(one) for one in sorted(pipe.departments)],
        "rolls_back": pipe.rolls_back, "jumps": pipe.jumps, "reopens": pipe.reopens,
    }  # fmt: skip
    title = _("管线「%s」") % name_of(pipe, request.actor)
    form = SettingsForm(request, edit_pipeline, title, given=given, hidden={"pipeline": pipe.key})
    return form.answer(lambda: go(request, reverse("pipelines"), _("已保存")))


@page(f"{ROUTE}/<slug:pipeline_key>/moves/<str:move>", name="pipeline-move", methods=["POST"], needs=MANAGE)
def moved_pipeline(request: PageRequest, pipeline_key: str, move: str) -> HttpResponse:
    """Make it the default, switch it on or off, delete it while it is unused."""
    pipe = _pipe(request, pipeline_key)
    if move not in MOVED:
        raise NotFound
    action, told = MOVED[move]
    return _run(request, action, {"pipeline": pipe.key}, told)


@page(f"{ROUTE}/<slug:pipeline_key>/stages/new", name="stage-new", methods=["GET", "POST"], needs=MANAGE)
def new_stage(request: PageRequest, pipeline_key: str) -> HttpResponse:
    """A new stage of a pipeline."""
    pipe = _pipe(request, pipeline_key)
    if request.method == "POST":
        return _save(request, pipe, None)
    return _form(request, pipe, None, {"kind": "progress", "tasks": [], "allowed_days": "30"})


@page(f"{STAGE}/<slug:stage_key>", name="stage-edit", methods=["GET", "POST"], needs=MANAGE)
def changed_stage(request: PageRequest, stage_key: str) -> HttpResponse:
    """Change a stage: name, probability, days, tasks."""
    pipe, step = _stage(request, stage_key)
    if request.method == "POST":
        return _save(request, pipe, step)
    return _form(request, pipe, step, _stored(step))


@page(f"{STAGE}/<slug:stage_key>/moves/<str:way>", name="stage-move", methods=["POST"], needs=MANAGE)
def moved_stage(request: PageRequest, stage_key: str, way: str) -> HttpResponse:
    """Move a stage up or down, or delete it while no opportunity ever stood there."""
    _pipe_of, step = _stage(request, stage_key)
    if way == "delete":
        return _run(request, delete_stage, {"stage": step.key}, _("阶段已删除"))
    if way not in ("up", "down"):
        raise NotFound
    return _run(request, shift_stage, {"stage": step.key, "way": way}, _("阶段「%s」已移动") % step.label)


@page(f"{ROUTE}/task-line", name="stage-task-line", needs=MANAGE)
def task_line(request: PageRequest) -> HttpResponse:
    """One line of the tasks: a new one, or the same when its kind was chosen."""
    number = request.GET.get("n", "")[:6] or str(secrets.randbelow(900_000) + 100_000)
    given = _tasks(request.GET) or [{"when": "exit", "kind": "field", "of": "", "count": "1", "required": True}]
    return fragment(request, "opportunities/task_line.html", task=given[-1], n=number, **_offered(request))


@page(f"{ROUTE}/example", name="stage-example", methods=["POST"], needs=MANAGE)
def stage_example(request: PageRequest) -> HttpResponse:
    """What the limits in the form come to on own data, before they are saved."""
    known = pipelines_at(request.actor.stamp).steps
    step = known.get(request.POST.get("stage", ""))
    try:
        given = {f.key: f for f in edit_stage.inputs(request.actor)}
        days = [given[key].parse(request.POST.get(key, ""), request.actor) for key in ("allowed_days", "close_days")]
        found = example(request.actor, step.key, days[0], days[1]) if step else None
    except FieldError:
        found = None
    return fragment(request, "opportunities/stage_example.html", found=found, new=step is None)


def _run(request: PageRequest, action: Action[Any, Any], raw: dict[str, Any], told: Any) -> HttpResponse:
    try:
        action.run(request.actor, None, raw)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return go(request, reverse("pipelines"), refusal.message, tone="bad")
    return go(request, reverse("pipelines"), told)


def _pipe(request: PageRequest, key: str) -> Pipe:
    pipe = pipelines_at(request.actor.stamp).pipes.get(key)
    if pipe is None:
        raise NotFound
    return pipe


def _stage(request: PageRequest, key: str) -> tuple[Pipe, Step]:
    known = pipelines_at(request.actor.stamp)
    if key not in known.steps:
        raise NotFound
    return known.of_stage(key), known.steps[key]


def _stored(step: Step) -> dict[str, Any]:
    category = "" if step.category == category_of(step.probability) else step.category.value
    values = {"name": step.label, "english": step.english, "probability": str(step.probability), "category": category}
    days = {"allowed_days": step.allowed_days, "close_days": step.close_days}
    values |= {key: "" if value is None else str(value) for key, value in days.items()}
    return values | {"kind": step.kind.value, "tasks": kept_tasks(step.tasks)}


def _sent(post: QueryDict) -> dict[str, Any]:
    return {name: post.get(name, "") for name in TEXTS} | {"tasks": _tasks(post)}


def _tasks(sent: QueryDict) -> list[dict[str, Any]]:
    """The lines of the form, in its order: `t3.when`, `t3.kind`, `t3.of`, `t3.count`, `t3.required`."""
    numbers = [name[1:].partition(".")[0] for name in sent if name.startswith("t") and name.endswith(".when")]
    return [
        {
            "when": sent.get(f"t{n}.when", ""),
            "kind": sent.get(f"t{n}.kind", ""),
            "of": sent.get(f"t{n}.of", ""),
            "count": sent.get(f"t{n}.count", "1") or "1",
            "required": bool(sent.get(f"t{n}.required")),
        }
        for n in dict.fromkeys(numbers)
    ]


def _save(request: PageRequest, pipe: Pipe, step: Step | None) -> HttpResponse:
    sent = _sent(request.POST)
    raw = {name: value for name, value in sent.items() if name not in ("tasks", "kind")}
    raw["tasks"] = json.dumps(sent["tasks"])
    try:
        if step is None:
            add_stage.run(request.actor, None, raw | {"pipeline": pipe.key, "kind": sent["kind"]})
        else:
            edit_stage.run(request.actor, None, raw | {"stage": step.key})
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return _form(request, pipe, step, sent, refusal)
    return go(request, reverse("pipelines"), _("阶段「%s」已保存") % sent["name"])


def _form(
    request: PageRequest, pipe: Pipe, step: Step | None, sent: Mapping[str, Any], refusal: Refused | None = None
) -> HttpResponse:
    actor = request.actor
    return settings_page(
        request,
        "opportunities/stage_form.html",
        "pipelines",
        status=refusal.status if refusal else 200,
        pipe=replace(pipe, label=name_of(pipe, actor)),
        step=replace(step, label=name_of(step, actor)) if step else None,
        sent=sent,
        refusal=refusal,
        errors=refusal.errors if refusal else {},
        progress=(step.kind if step else StageKind.PROGRESS) is StageKind.PROGRESS,
        categories=[("", _("按赢率")), *((one.value, str(one.label)) for one in CHOSEN)],
        kinds=[(one.value, str(one.label)) for one in (StageKind.PROGRESS, StageKind.AFTER)],
        **_offered(request),
    )


def _offered(request: PageRequest) -> dict[str, Any]:
    """What the lines of tasks choose from."""
    stamp = request.actor.stamp
    fields = [(key, str(field.label)) for key, field in askable(stamp).items()]
    rows = [(key, str(label)) for key, (label, _done) in ROWS.items()]
    methods = [(key, str(option.label)) for key, option in options_of(METHOD.key, stamp).items() if not option.retired]
    return {
        "whens": [("entry", _("进入这个阶段前")), ("exit", _("离开这个阶段前"))],
        "task_kinds": [("field", _("填写字段")), ("followup", _("有跟进")), ("file", _("有附件"))],
        "offered": {"field": [*fields, *rows], "followup": [("", _("任何方式")), *methods], "file": []},
    }
