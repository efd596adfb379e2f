"""How far an import is at work, in words and numbers, and what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from genjin.surfaces.imports.actions import go_on_import
from genjin.surfaces.imports.models import AT_WORK, Import, State


@dataclass(frozen=True)
class Button:
    """A verb beside the bar."""

    label: str
    url: str
    bad: bool = False
    confirm: str = ""


@dataclass(frozen=True)
class Work:
    """The bar."""

    title: str
    done: int
    total: int
    percent: int
    left: str
    words: str
    at_work: bool
    buttons: list[Button] = field(default_factory=list)


def work_of(row: Import, done: int, total: int, seconds: float | None, *, stopped: bool = False) -> Work | None:
    """The bar of an import; None when nothing is or was under way. `stopped`: its job ended before its time."""
    state = State(row.state)
    if state not in _TITLES:
        return None
    at_work = state in AT_WORK and not stopped
    comparing = state == State.CHECKING and 0 < total <= done  # all rows are read; how long this takes nobody knows
    return Work(
        title=_("中断了") if stopped else _("正在查重") if comparing else str(_TITLES[state]()),
        done=done,
        total=total,
        percent=min(100, round(100 * done / total)) if total else 0,
        left=time_left(seconds) if at_work and not comparing else "",
        words=row.words or _words(state),
        at_work=at_work,
        buttons=_buttons(state, stopped),
    )


_TITLES = {
    State.CHECKING: lambda: _("正在校验与查重"),
    State.RUNNING: lambda: _("正在导入"),
    State.PAUSED: lambda: _("已暂停"),
    State.UNDOING: lambda: _("正在撤销"),
}


def _words(state: State) -> str:
    if state == State.PAUSED:
        return _("已导入的行留着，继续时从停下的地方往后，不会重复。")
    return _("可以离开此页，会在后台继续；回来时从「导入」里打开它。")


def _buttons(state: State, stopped: bool) -> list[Button]:
    if state == State.CHECKING:
        return [Button(_("停止校验"), "import-stop")]
    cancel = Button(
        _("取消导入"), "import-cancel", bad=True, confirm=_("取消这次导入？已经导入的行会留着，之后可以整批撤销。")
    )
    if state == State.PAUSED or (state == State.RUNNING and stopped):
        return [Button(str(go_on_import.label), "import-resume"), cancel]
    return [Button(_("暂停"), "import-pause"), cancel] if state == State.RUNNING else []


def time_left(seconds: float | None) -> str:
    """约剩 6 秒, 约剩 3 分钟; '' when nobody knows."""
    if seconds is None:
        return ""
    if seconds < 60:
        count = max(1, round(seconds))
        return ngettext("约剩 %(n)d 秒", "约剩 %(n)d 秒", count) % {"n": count}
    count = round(seconds / 60)
    return ngettext("约剩 %(n)d 分钟", "约剩 %(n)d 分钟", count) % {"n": count}
