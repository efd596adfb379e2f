"""Writes of imports: taking a file in, beginning, bringing the next rows. Customers and follow-ups are made by the bulk
form of their own actions.
"""

from __future__ import annotations

from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text
from genjin.kernel.jobs import start_job
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.bringing import bring
from genjin.surfaces.imports.models import Duplicates, Import, State
from genjin.surfaces.imports.planning import Plan
from genjin.surfaces.imports.queries import import_for

CHUNK = 50
MOST_AT_ONCE = 50
JOB = "imports.run_table"


@action("imports.upload", on=Import, needs="imports.run", label=gettext_lazy("上传表格"), listed=False)
def upload_table(actor: Actor, *, filename: str, content: bytes, rows: int) -> Import:
    """Keep a file whose table was found (`rows` rows), to be looked at before it is brought in."""
    row = Import(member_id=actor.member_id, filename=filename[:200], content=content, total=rows)
    record(actor, row, filename=row.filename, rows=rows)
    return row


@action("imports.begin", on=Import, needs="imports.run", label=gettext_lazy("开始导入"), listed=False)
def begin_import(
    actor: Actor,
    import_id: int,
    *,
    duplicates: Annotated[str, Text(key="duplicates", label=gettext_lazy("重复的客户"))] = Duplicates.SKIP,
    waiting: bool = False,
) -> Import:
    """Begin; a long one goes to the queue unless the caller waits for it. Raises Refused("begun")."""
    row = import_for(actor, import_id, lock=True)
    if row.state != State.UPLOADED:
        raise Refused("begun", _("这个文件已经导入过了，请重新上传"))
    row.state = State.RUNNING
    row.duplicates = duplicates if duplicates in Duplicates.values else Duplicates.SKIP
    row.begun_at = timezone.now()
    if row.total > MOST_AT_ONCE and not waiting:
        row.job_id = start_job(actor, JOB, title=_("导入 %s") % row.filename, import_id=row.pk).pk
    record(actor, row)
    return row


@action("imports.resume_table", on=Import, needs="imports.run", label=gettext_lazy("继续导入"), listed=False)
def resume_import(actor: Actor, import_id: int) -> Import:
    """Queue an import again that stopped half-way; rows already brought are not brought twice."""
    row = import_for(actor, import_id, lock=True)
    if row.state != State.RUNNING:
        raise Refused("not_running", _("这个文件没有导入到一半"))
    row.job_id = start_job(actor, JOB, title=_("导入 %s") % row.filename, import_id=row.pk).pk
    record(actor, row)
    return row


@action("imports.bring", on=Import, needs="imports.run", label=gettext_lazy("导入数据行"), listed=False)
def bring_rows(actor: Actor, import_id: int, *, plan: Plan) -> Import:
    """Bring the next rows of the plan in; with the last ones the import is done and its file dropped."""
    row = import_for(actor, import_id, lock=True)
    if row.state != State.RUNNING:
        raise Refused("not_running", _("这个文件还没有开始导入，或已经完成"))
    rows = plan.rows[row.position : row.position + CHUNK]
    row.report = bring(actor, rows, Duplicates(row.duplicates), row.report)
    row.position += len(rows)
    if row.position >= len(plan.rows):
        row.state, row.content = State.DONE, b""
    record(actor, row)
    return row
