"""Deleting a retired field for good: its values go into a file that is kept, then a job takes them out of the rows."""

from __future__ import annotations

from typing import Annotated

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import sql

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number
from genjin.kernel.jobs import start_job
from genjin.kernel.models.definitions import FieldState, OwnField
from genjin.kernel.models.options import Option
from genjin.kernel.recording import record, record_removal
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import options_key
from genjin.kernel.stamps import bump_stamp
from genjin.tailoring.actions.rows import field_row
from genjin.tailoring.grants import MANAGE, WORK
from genjin.tailoring.queries.fields import count_holders
from genjin.tailoring.rules.converting import BEFORE

JOB = "tailoring.delete"
AT_ONCE = 1000

Count = Annotated[
    int,
    Number(
        key="count",
        label=gettext_lazy("有值的记录数"),
        least=0,
        help=gettext_lazy("请输入现在有多少条记录填了这个字段，以确认删除"),
    ),
]


@action(
    "fields.delete", on=OwnField, needs=MANAGE, label=gettext_lazy("删除字段"), icon="trash", danger=True, listed=False
)
def delete_field(actor: Actor, field_id: int, *, count: Count) -> OwnField:
    """Delete a retired field and its values; these are kept in a file. Raises NotFound, Refused("live",
    "count_differs")."""
    bump_stamp()
    row = field_row(field_id)
    if row.state != FieldState.RETIRED:
        raise Refused("live", _("请先停用「%s」，再删除") % row.label)
    holds = count_holders(row)
    if count != holds:
        words = _("现在有 %(holds)s 条记录填了「%(field)s」，请输入这个数字以确认删除")
        raise Refused("count_differs", words % {"holds": holds, "field": row.label}, "count")
    row.state = FieldState.LEAVING
    record(actor, row, rows=holds)
    bump_stamp()
    start_job(actor, JOB, title=_("删除字段：%s") % row.label, field=row.pk)
    return row


@action(
    "fields.strip_next", on=None, needs=WORK, label=gettext_lazy("清除字段的内容"), listed=False,
    silent="the deletion of the field is written down, its values are in a file",
)  # fmt: skip
def strip_next(actor: Actor, *, field_id: int, after: int) -> int | None:  # noqa: ARG001 - every action gets it
    """Take the values out of the next rows; a step of a job. The id to go on after, None when there are no more."""
    row = field_row(field_id, FieldState.LEAVING)
    statement = sql.SQL(
        "UPDATE {0} SET custom = custom - ARRAY[{1}, {2}] WHERE id IN (SELECT id FROM {0} WHERE id > %s"
        " AND custom ?| ARRAY[{1}, {2}] ORDER BY id LIMIT %s FOR UPDATE) RETURNING id"
    ).format(
        sql.Identifier(RECORD_TYPES[row.record_type].model._meta.db_table),
        sql.Literal(row.key), sql.Literal(row.key + BEFORE),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, [after, AT_ONCE])
        ids = [row_id for (row_id,) in cursor.fetchall()]
    return max(ids) if len(ids) == AT_ONCE else None


@action("fields.forget", on=OwnField, needs=WORK, label=gettext_lazy("字段已删除"), icon="trash", listed=False)
def forget_field(actor: Actor, field_id: int, *, rows: int, kept_in: str) -> None:
    """Take the definition and its options away; a step of a job."""
    row = field_row(field_id, FieldState.LEAVING)
    for option in Option.objects.filter(list_key=options_key(row.record_type, row.key)):
        record_removal(actor, option)
    record_removal(actor, row, rows=rows, kept_in=kept_in)
    bump_stamp()
