"""Results of formulas after a formula, or what it reads, became another: derived, hence written down nowhere. Rows
whose results stay the same are not touched.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import start_job
from genjin.kernel.models.definitions import FieldState, OwnField
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sights import in_force, own_field, searched_own
from genjin.kernel.stamps import current_stamp
from genjin.kernel.working_out import plan_of, worked_out
from genjin.tailoring.actions.rows import write_custom
from genjin.tailoring.actions.searching import restate_rows
from genjin.tailoring.grants import WORK

JOB = "tailoring.formulas"
AT_ONCE = 500


def work_out_again(actor: Actor, row: OwnField) -> None:
    """Have the formulas of a field's type worked out for all rows. A step of actions."""
    start_job(actor, JOB, title=_("计算公式：%s") % row.label, record_type=row.record_type)


def follow_formulas(actor: Actor, row: OwnField) -> None:
    """The same where a formula reads the field that was changed. A step of actions."""
    if readers_of(row):
        work_out_again(actor, row)


def readers_of(row: OwnField) -> list[OwnField]:
    """The formulas in use that read a field."""
    others = OwnField.objects.filter(record_type=row.record_type, kind="formula", state=FieldState.LIVE)
    return [other for other in others.exclude(pk=row.pk) if row.key in getattr(own_field(other), "reads", ())]


@action(
    "fields.work_out_next", on=None, needs=WORK, label=gettext_lazy("计算公式"), listed=False,
    silent="results follow from values and a definition, which are written down themselves",
)  # fmt: skip
def work_out_next(actor: Actor, *, record_type: str, after: int) -> int | None:  # noqa: ARG001 - every action gets it
    """Work out the formulas of the next rows behind an id; a step of a job. The id to go on after, None when there are
    no more."""
    declared, stamp = RECORD_TYPES[record_type], current_stamp()
    plan = plan_of(in_force(declared, stamp))
    if plan is None:
        return None
    rows = declared.model._default_manager.filter(pk__gt=after).order_by("pk")
    found = list(rows.select_for_update(of=("self",)).only("pk", "custom", *plan.attributes)[:AT_ONCE])
    changed = {}
    for row in found:
        results = worked_out(row, plan, stamp)
        made = {key: value for key, value in {**row.custom, **results}.items() if value is not None}
        if made != row.custom:
            changed[row.pk] = made
    write_custom(declared.model._meta.db_table, changed)
    searched = {f.key for f in searched_own(declared, stamp)} & {f.key for f, _tree in plan.steps}.union(plan.broken)
    told = [
        row.pk for row in found if any(row.custom.get(k) != changed.get(row.pk, row.custom).get(k) for k in searched)
    ]
    restate_rows(declared.model._default_manager.filter(pk__in=told), declared)
    return found[-1].pk if len(found) == AT_ONCE else None
