"""Taking the statistics away as a file: who, of which period, with which filters, how many lines, is an event."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.followups.record import FOLLOWUP
from genjin.followups.statistics.asked import Asked, read_asked
from genjin.followups.statistics.models import Sheet
from genjin.followups.statistics.queries.sheets import sheet_for
from genjin.followups.statistics.queries.totals import sums
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text
from genjin.kernel.grants import declare_grants
from genjin.kernel.jobs import start_job
from genjin.kernel.recording import record
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.taking_out import demand_taking_out
from genjin.org.grants import add_to_ready_roles

EXPORT = FOLLOWUP.grant("export")
JOB = "followups.make_sheet"
AT_ONCE = 3_000
MOST = 200_000
"""As many lines as an import takes."""

declare_grants(FOLLOWUP.many, (EXPORT, gettext_lazy("下载统计表")), scoped=False)
add_to_ready_roles(manager=(EXPORT,), department_head=(EXPORT,), operations=(EXPORT,))


@action("followups.export", on=Sheet, needs=EXPORT, label=gettext_lazy("下载统计表"), icon="download", listed=False)
def export_sheet(
    actor: Actor, *, asked: Annotated[str, Text(key="asked", label=gettext_lazy("查询条件"), most=2_000)] = ""
) -> Sheet:
    """Ask for the table of a period (`from=…&to=…&department=…`, as in the page's address). A long one is made by a
    job, a short one when it is fetched. Raises Refused("too_many"), Refused("bad_period")."""
    demand_taking_out(actor)
    question = asked_of(actor, asked)
    if question.errors:
        raise Refused("bad_period", question.errors[0][1], "asked")
    lines = sum(one.followups for one in sums(actor, question).by_author)
    if lines > MOST:
        words = _("一次最多下载 %(most)s 条跟进，这段时间有 %(now)s 条；请缩短时间段或加上筛选")
        raise Refused("too_many", words % {"most": f"{MOST:,}", "now": f"{lines:,}"}, "asked")
    if actor.member_id is None:
        raise Forbidden
    sheet = Sheet(member_id=actor.member_id, asked={"query": question.query()}, lines=lines)
    record(actor, sheet, **{"from": str(question.start), "to": str(question.end), "lines": lines})
    if lines > AT_ONCE:
        title = _("下载跟进统计表 %(from)s – %(to)s") % {"from": question.start, "to": question.end}
        sheet.job_id = start_job(actor, JOB, title=title, sheet=sheet.pk).pk
        record(actor, sheet)
    return sheet


@action("followups.keep_sheet", on=Sheet, needs=EXPORT, label=gettext_lazy("保存下载文件"), listed=False)
def keep_sheet(actor: Actor, sheet_id: int, *, stored_as: str) -> Sheet:
    """A job has made the file. Raises NotFound."""
    sheet = sheet_for(actor, sheet_id, lock=True)
    sheet.stored_as = stored_as
    record(actor, sheet)
    return sheet


def asked_of(actor: Actor, query: str) -> Asked:
    """The question written in an address."""
    return read_asked(actor, parse_qs(query, keep_blank_values=True, max_num_fields=200))
