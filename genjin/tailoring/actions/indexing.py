"""Indexes of fields: asked for here, built by a job beside the running business."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor, system
from genjin.kernel.jobs import start_job
from genjin.kernel.models.definitions import FieldState, IndexState, OwnField
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import own_field
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.wording import listed
from genjin.tailoring.actions.rows import field_row
from genjin.tailoring.grants import MANAGE, WORK
from genjin.tailoring.queries import indexes
from genjin.tailoring.rules.kinds import NOT_INDEXED

JOB = "tailoring.index"


@action("fields.index", on=OwnField, needs=MANAGE, label=gettext_lazy("建立索引"), icon="bolt", listed=False)
def index_field(actor: Actor, field_id: int) -> OwnField:
    """Have the database keep an order of the field: lists of any length sort and filter by it once it is built.
    Raises Refused("indexed", "no_index")."""
    row = field_row(field_id, FieldState.LIVE)
    if row.kind in NOT_INDEXED:
        raise Refused("no_index", _("这种字段不需要索引"))
    if row.index == IndexState.READY:
        raise Refused("indexed", _("索引已经建立"))
    if row.unique:
        check_doubles(row)
    return build_index(actor, row)


@action("fields.unindex", on=OwnField, needs=MANAGE, label=gettext_lazy("删除索引"), icon="bolt", listed=False)
def unindex_field(actor: Actor, field_id: int) -> OwnField:
    """Give the index up. Raises Refused("not_indexed", "unique")."""
    row = field_row(field_id)
    if row.index == IndexState.NONE:
        raise Refused("not_indexed", _("这个字段没有索引"))
    if row.unique:
        raise Refused("unique", _("「%s」不允许重复，靠索引保证，不能删除索引") % row.label)
    return drop_index(actor, row)


def build_index(actor: Actor, row: OwnField) -> OwnField:
    """Say that the index is being built, and have it built. A step of actions."""
    return _start(actor, row, IndexState.BUILDING, _("建立索引：%s") % row.label)


def drop_index(actor: Actor, row: OwnField) -> OwnField:
    """Say that there is no index, and have what is there taken away. A step of actions."""
    return _start(actor, row, IndexState.NONE, _("删除索引：%s") % row.label)


def check_doubles(row: OwnField) -> None:
    """Raises Refused("doubles") with the values that several records share, before nobody may repeat one any more."""
    found = indexes.doubles(row)
    if found:
        field = own_field(row)
        told = [f"{field.text(field.loaded(value), system())[:30]} × {count}" for value, count in found]
        words = _("「%(field)s」还不能设为不允许重复，有记录填了同样的内容：%(told)s。请先修改这些记录")
        raise Refused("doubles", words % {"field": row.label, "told": listed(told)}, "unique")


def _start(actor: Actor, row: OwnField, state: IndexState, title: str) -> OwnField:
    row.index = state
    record(actor, row)
    bump_stamp()
    start_job(actor, JOB, title=title, field=row.pk)
    return row


@action("fields.note_index", on=OwnField, needs=WORK, label=gettext_lazy("索引的状态"), icon="bolt", listed=False)
def note_index(actor: Actor, field_id: int, *, state: IndexState, why: str = "") -> OwnField:
    """What became of an index; a step of its job."""
    row = field_row(field_id)
    row.index = state
    record(actor, row, **({"reason": why} if why else {}))
    bump_stamp()
    return row
