"""Taking fields out of use and back: their values stay where they are."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.jobs import start_job
from genjin.kernel.models.definitions import FieldState, OwnField
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.tailoring.actions.rows import MOST_FIELDS, field_row, fill, too_many
from genjin.tailoring.actions.searching import JOB as SEARCH
from genjin.tailoring.actions.working_out import follow_formulas, work_out_again
from genjin.tailoring.grants import MANAGE


@action(
    "fields.retire",
    on=OwnField,
    needs=MANAGE,
    label=gettext_lazy("停用字段"),
    icon="archive",
    danger=True,
    listed=False,
    undo="fields.restore",
)
def retire_field(actor: Actor, field_id: int) -> OwnField:
    """Take a field off all surfaces; values stay and come back with it. Raises NotFound, Refused("retired")."""
    bump_stamp()
    row = field_row(field_id)
    if row.state == FieldState.RETIRED:
        raise Refused("retired", _("「%s」已经停用") % row.label)
    row.state = FieldState.RETIRED
    return _kept(actor, row)


@action(
    "fields.restore",
    on=OwnField,
    needs=MANAGE,
    label=gettext_lazy("恢复字段"),
    icon="arrow-back-up",
    listed=False,
    undo="fields.retire",
)
def restore_field(actor: Actor, field_id: int) -> OwnField:
    """Take a retired field into use again. Raises NotFound, Refused("live", "same_label", "too_many")."""
    bump_stamp()
    row = field_row(field_id)
    if row.state == FieldState.LIVE:
        raise Refused("live", _("「%s」正在使用") % row.label)
    fill(actor, row, {})
    if OwnField.objects.filter(record_type=row.record_type, state=FieldState.LIVE).count() >= MOST_FIELDS:
        raise too_many()
    row.state = FieldState.LIVE
    return _kept(actor, row)


def _kept(actor: Actor, row: OwnField) -> OwnField:
    record(actor, row)
    bump_stamp()
    if row.searched:
        start_job(actor, SEARCH, title=_("更新搜索：%s") % row.label, field=row.pk)
    if row.kind == "formula" and row.state == FieldState.LIVE:
        work_out_again(actor, row)
    else:
        follow_formulas(actor, row)
    return row
