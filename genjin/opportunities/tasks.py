"""What a move asks for (B9): whether the tasks of stages are done, and the refusal that names what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from genjin.followups.options import METHOD
from genjin.kernel.actor import Actor
from genjin.kernel.conditions import NOTHING
from genjin.kernel.editing import get_value
from genjin.kernel.fields.base import Field, Label
from genjin.kernel.options import options_of
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import in_force
from genjin.kernel.wording import listed
from genjin.opportunities.models import Competitor, Line, Opportunity, Participant
from genjin.opportunities.queries import files_on, has_rows, talks_about
from genjin.opportunities.record import OPPORTUNITY
from genjin.opportunities.rules import Step, Task, TaskKind

ROWS: dict[str, tuple[Label, Callable[[int], bool]]] = {
    "participants": (
        gettext_lazy("参与的联系人"),
        lambda pk: has_rows(Participant, pk),
    ),
    "lines": (gettext_lazy("产品明细"), lambda pk: has_rows(Line, pk)),
    "competitors": (gettext_lazy("竞争对手"), lambda pk: has_rows(Competitor, pk)),
}
"""What hangs on an opportunity as rows and may be asked for like a field."""
NEVER_ASKED = frozenset({"name", "customer", "pipeline", "stage", "expected_month"})


@dataclass(frozen=True)
class Lack:
    """A task that is not done: its words, and the field that mends it ('' where none does)."""

    words: str
    field: str = ""


def askable(stamp: int) -> dict[str, Field]:
    """The fields that a task may ask for: those that can be filled in, the company's own among them."""
    fields = in_force(OPPORTUNITY, stamp).fields
    return {f.key: f for f in fields if f.editable and f.key not in NEVER_ASKED and f.kind != "yesno"}


def task_words(task: Task, stamp: int) -> str:
    """A task in words: 「商机金额」, 1 次「现场拜访」跟进, 1 个附件."""
    if task.kind is TaskKind.FIELD:
        known = ROWS[task.of][0] if task.of in ROWS else None
        field = askable(stamp).get(task.of)
        return _("「%s」") % (known or (field.label if field else task.of))
    if task.kind is TaskKind.FOLLOWUP:
        if not task.of:
            return ngettext("%(n)d 次跟进", "%(n)d 次跟进", task.count) % {"n": task.count}
        option = options_of(METHOD.key, stamp).get(task.of)
        how = str(option.label) if option else task.of
        words = ngettext("%(n)d 次「%(how)s」跟进", "%(n)d 次「%(how)s」跟进", task.count)
        return words % {"n": task.count, "how": how}
    return ngettext("%(n)d 个附件", "%(n)d 个附件", task.count) % {"n": task.count}


def lacks(actor: Actor, row: Opportunity, tasks: Iterable[Task]) -> list[Lack]:
    """The tasks that are not done, in order. For a new row only fields can be."""
    fields = askable(actor.stamp)
    return [
        Lack(task_words(task, actor.stamp), task.of if task.of in fields else "")
        for task in tasks
        if not _done(row, task, fields)
    ]


def demand_tasks(actor: Actor, row: Opportunity, tasks: Iterable[Task], there: Step) -> None:
    """Raises Refused("tasks_due") that names all that is missing; facts["missing"] are their words, errors stand at the
    fields."""
    asked = list(tasks)
    missing = lacks(actor, row, asked) if asked else []
    if not missing:
        return
    words = _("移到「%(stage)s」还差 %(count)d 项：%(missing)s")
    facts = {"stage": there.label, "count": len(missing), "missing": listed(lack.words for lack in missing)}
    raise Refused(
        "tasks_due",
        words % facts,
        errors={lack.field: _("移到「%s」前请填写") % there.label for lack in missing if lack.field},
        facts={"missing": [lack.words for lack in missing], "fields": [lack.field for lack in missing if lack.field]},
    )


def _done(row: Opportunity, task: Task, fields: dict[str, Field]) -> bool:
    saved = not row._state.adding
    if task.kind is TaskKind.FOLLOWUP:
        return saved and talks_about(row, task.of) >= task.count
    if task.kind is TaskKind.FILE:
        return saved and files_on(row) >= task.count
    if task.of in ROWS:
        return saved and ROWS[task.of][1](row.pk)
    field = fields.get(task.of)
    return field is None or not _empty(get_value(row, field))


def _empty(value: Any) -> bool:
    return value in NOTHING


__all__ = ["ROWS", "Lack", "askable", "demand_tasks", "lacks", "task_words"]
