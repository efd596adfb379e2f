"""The frame around every page of one import: its file, its four steps, whether somebody changed it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.actions import begin_check
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import, State
from genjin.ui.pages import PageRequest

UPLOAD, COLUMNS, CHECK, BRING = range(4)
STEP_OF = {State.UPLOADED: COLUMNS, State.CHECKING: CHECK, State.CHECKED: CHECK, State.RUNNING: BRING}


@dataclass(frozen=True)
class Step:
    """One of the four: `state` is "done", "now" or ""; `href` where one may go back to it."""

    number: int
    label: str
    state: str
    href: str


@dataclass(frozen=True)
class Head:
    """What the top of the page says of an import."""

    id: int
    version: int
    title: str
    filename: str
    sheet: str
    total: int
    state: str
    checked: bool
    steps: list[Step]


def labels() -> list[str]:
    """The names of the steps."""
    return [_("上传文件"), _("匹配列"), str(begin_check.label), _("导入")]


def head_of(row: Import, step: int | None = None) -> Head:
    """The head of the page that shows this step (by default the one the import stands at)."""
    state = State(row.state)
    now = STEP_OF.get(state, BRING) if step is None else step
    over = state not in STEP_OF and state != State.PAUSED
    title = _("导入%(what)s") % {"what": KINDS[row.kind].label} if row.kind in KINDS else _("导入")
    return Head(
        id=row.pk,
        version=row.version,
        title=title,
        filename=row.filename,
        sheet=row.sheet,
        total=row.total,
        state=str(state.label),
        checked=state == State.CHECKED,
        steps=[_step(row, number, label, now, over) for number, label in enumerate(labels())],
    )


def _step(row: Import, number: int, label: str, now: int, over: bool) -> Step:
    state = "done" if over or number < now else "now" if number == now else ""
    href = ""
    if row.state in (State.UPLOADED, State.CHECKED) and state != "now":
        here = reverse("import", args=[row.pk])
        href = {
            UPLOAD: reverse("imports"),
            COLUMNS: f"{here}?step=columns",
            CHECK: here if row.state == State.CHECKED else "",
        }.get(number, "")
    return Step(number + 1, label, state, href)


def demand_unchanged(request: PageRequest, row: Import) -> None:
    """The page that was sent shows the import as it is now. Raises Refused("changed")."""
    if request.POST.get("version", str(row.version)) != str(row.version):
        raise Refused("changed", _("这次导入在别的窗口里改过了，现在显示的是最新内容，请再选一次"))
