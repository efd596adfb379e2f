"""Rules of handovers without any table: states and their moves, what becomes of the leaver, whom a share goes to."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.moves import Moves


class Kind(TextChoices):
    """Why somebody hands over."""

    RESIGNATION = "resignation", _("离职")
    MOVE = "move", _("转岗")


class State(TextChoices):
    """Where a handover stands."""

    DRAFT = "draft", pgettext_lazy("handover", "准备中")
    RUNNING = "running", pgettext_lazy("handover", "交接中")
    DONE = "done", pgettext_lazy("handover", "已交接")
    UNDOING = "undoing", pgettext_lazy("handover", "撤销中")
    UNDONE = "undone", pgettext_lazy("handover", "已撤销")
    CANCELLED = "cancelled", pgettext_lazy("handover", "已取消")


class Standing(IntegerChoices):
    """What became of one thing that was to be handed over."""

    WAITING = 0, pgettext_lazy("handed over", "等待移交")
    MOVED = 1, pgettext_lazy("handed over", "已移交")
    STAYED = 2, pgettext_lazy("handed over", "未移交")
    BACK = 3, pgettext_lazy("handed over", "已退回")
    KEPT = 4, pgettext_lazy("handed over", "未退回")


class Stays(TextChoices):
    """Whether the old owner stays in the team of what he hands over (B16)."""

    NO = "", _("不保留")
    READS = "read", _("保留，只读")
    WRITES = "write", _("保留，可编辑")


class Teams(TextChoices):
    """What becomes of the teams of what is handed over (B16)."""

    MINE = "mine", _("只移交我的，团队其他成员不变")
    ALL = "all", _("全部移除，由接收人重新邀请")


TONES = {
    State.DRAFT: "warn", State.RUNNING: "info", State.DONE: "ok", State.UNDOING: "info", State.UNDONE: "",
    State.CANCELLED: "",
}  # fmt: skip
AT_WORK = (State.RUNNING, State.UNDOING)
MOVES = Moves(
    name="handover",
    attribute="state",
    states=State,
    table={
        State.DRAFT: frozenset({State.RUNNING, State.CANCELLED}),
        State.RUNNING: frozenset({State.DONE}),
        State.DONE: frozenset({State.UNDOING}),
        State.UNDOING: frozenset({State.UNDONE}),
        State.UNDONE: frozenset(),
        State.CANCELLED: frozenset(),
    },
    words={
        State.DONE: _("交接已经完成；要改派，请在列表里批量转移"),
        State.UNDONE: _("交接已经撤销；要重新交接，请新建一个"),
        State.CANCELLED: _("交接已经取消；要重新交接，请新建一个"),
    },
)


def shares(count: int, receivers: int) -> list[int]:
    """How many each of several receivers gets of `count` things in turn: even, the first ones one more."""
    return [count // receivers + (place < count % receivers) for place in range(receivers)]


def in_turn(place: int, receivers: Sequence[str]) -> str:
    """Who gets the thing at this place (from 0) of those that several share; '' for nobody."""
    return receivers[place % len(receivers)] if receivers else ""
