"""What `genjin duplicates` does: with the rights of the member whom it names, as the pages do."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from genjin.duplicates.actions.sweeping import begin_sweep, under_way
from genjin.duplicates.grants import SWEEP
from genjin.duplicates.queries import PER_PAGE, groups_of, job_of, place_of, sweep_of
from genjin.duplicates.rules import COMPARED
from genjin.duplicates.wording import kept_words
from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.people import directory
from genjin.kernel.records import RecordType, by_plural
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.queries import actor_for

MOST = 100


def begin(sign_in: str, plural: str) -> str:
    """Put a run in the queue. Raises Refused."""
    actor, record_type = _asked(sign_in, plural)
    begin_sweep.run(actor, None, {"record_type": record_type.key})
    return _("已开始全库查重，由后台任务完成；用 state 查看进度")


def state(sign_in: str, plural: str) -> str:
    """The newest run in a sentence."""
    actor, record_type = _asked(sign_in, plural)
    run = sweep_of(record_type.key)
    if run is None:
        return _("还没有查过")
    if run.finished_at:
        when = run.finished_at.astimezone(actor.zone).strftime("%Y-%m-%d %H:%M")
        if actor.demand(record_type.grant("see")).everything:
            return _("%(when)s 查完：%(groups)s 组疑似重复") % {"when": when, "groups": f"{run.groups:,}"}
        return _("%(when)s 查完；只列出您看得到的") % {"when": when}
    job = job_of(run)
    if job is None or not under_way(run):
        return _("上次查重没有完成，请重新开始")
    return _("正在查重：%(done)d / %(total)d 步") % {"done": job.done, "total": job.total or 1}


def groups(sign_in: str, plural: str, after: str = "", size: int = PER_PAGE) -> Iterator[str]:
    """A line per group: percent, reasons, records; the last line says how to go on."""
    actor, record_type = _asked(sign_in, plural)
    place = place_of(after)
    if after and place is None:
        raise Refused("bad_cursor", _("翻页位置无效，请从第一页重新开始"))
    found, more = groups_of(actor, record_type.key, place, max(1, min(size, MOST)))
    for group in found:
        why = "、".join(kept_words(record_type, each) for each in group.whys)
        records = " | ".join(f"{row_id} {title}" for row_id, title in group.titles.items())
        yield f"{group.percent}%\t{why}\t{records}"
    if not found:
        yield _("没有疑似重复")
    if more:
        yield _("还有更多：--after %s") % more


def _asked(sign_in: str, plural: str) -> tuple[Actor, RecordType]:
    member_id = directory().find_member(sign_in, system())
    actor = actor_for(member_id, Surface.CLI) if member_id else None
    record_type = by_plural(plural)
    if actor is None:
        raise Refused("no_member", _("没有找到唯一的在职成员「%s」，请用 --as 写明姓名、手机或邮箱") % sign_in)
    if record_type is None or record_type.key not in COMPARED:
        raise NotFound
    actor.demand(SWEEP)
    actor.demand(record_type.grant("see"))
    return actor, record_type
