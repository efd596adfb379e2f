"""Making long exports, taking expired files away, telling those who watch of unusual volume (B19)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.files import path_of
from genjin.kernel.jobs import job, periodic, progress
from genjin.kernel.models.events import Event
from genjin.kernel.notices import declare_notice, notify
from genjin.kernel.sealing import consumer
from genjin.kernel.stamps import current_stamp
from genjin.org.snapshot import ORGANISATION
from genjin.oversight.watching import lowered, watched
from genjin.surfaces.exports.actions import JOB, keep_export
from genjin.surfaces.exports.grants import WATCH
from genjin.surfaces.exports.models import Export
from genjin.surfaces.exports.queries import day_of, export_for, rows_in, taken_on, tier_of
from genjin.surfaces.exports.settings import ALARM_ROWS
from genjin.surfaces.exports.writing import FOLDER, PART, make_file

NOTICE = "export_volume"
PART_SECONDS = 24 * 3600
AT_A_TIME = 500

declare_notice(
    NOTICE,
    gettext_lazy("%(who)s今天已导出 %(rows)s 行数据，达到提醒线（%(line)s 行）"),
    "alert-triangle",
    label=gettext_lazy("导出量异常"),
    facts=lambda _reader, note: {name: f"{note.get(name, 0):,}" for name in ("rows", "line")},
)


@job(JOB, title=gettext_lazy("导出列表"), as_member=True)
def make_export(actor: Actor, job_id: int, *, export: int) -> dict[str, Any]:
    """Make the file with the rights the member has now. Run again after a crash, it writes the file anew; a file that
    is there already stays."""
    row = export_for(actor, export)
    if not row.stored_as:
        made = make_file(actor, row, lambda done: progress(job_id, done, max(row.counted, done)))
        row = keep_export(actor, row.pk, made=made)
    return {"rows": row.rows}


@periodic("*/10 * * * *", "exports.sweep")
def sweep_exports(actor: Actor) -> None:
    """Delete the files that are offered no more, and parts that a killed job left behind."""
    del actor
    sweep()


def sweep() -> int:
    """How many files were taken away."""
    folder = path_of(FOLDER)
    oldest = timezone.now().timestamp() - PART_SECONDS
    swept = [path for path in folder.glob(f"*{PART}") if path.stat().st_mtime < oldest]
    whole = {f"{FOLDER}/{path.name}": path for path in folder.glob("*") if path.suffix != PART}
    names = list(whole)
    for start in range(0, len(names), AT_A_TIME):
        some = names[start : start + AT_A_TIME]
        live = Export.objects.filter(stored_as__in=some, expires_at__gt=timezone.now())
        kept = set(live.values_list("stored_as", flat=True))
        fresh = {name for name in some if whole[name].stat().st_mtime > oldest and not _known(name)}
        swept += [whole[name] for name in some if name not in kept | fresh]
    for path in swept:
        path.unlink(missing_ok=True)
    return len(swept)


def _known(stored_as: str) -> bool:
    """Whether the file is some export's; one that was renamed a moment ago is not yet."""
    return Export.objects.filter(stored_as=stored_as).exists()


@consumer("exports_alarm")
def tell_of_volume(events: Sequence[Event]) -> None:
    """Whoever takes out more than the line on a day is told of: to administrators and to those who watch exports, again
    at ten and at a hundred times the line."""
    last = {event.member_id: event for event in events if rows_in([(event.action, event.note)])}
    line = ALARM_ROWS.at(current_stamp()) if last else 0
    closer = watched() if last else {}
    for member_id, event in last.items():
        if member_id is None:
            continue
        rows = taken_on(member_id, event.at)
        mine = lowered(line, closer.get(member_id, 100))
        tier = tier_of(rows, mine)
        if tier:
            once = f"{NOTICE}:{member_id}:{day_of(event.at)[0]:%Y-%m-%d}:{tier}"
            notify(_watchers(member_id), NOTICE, None, event=event, once=once, note={"rows": rows, "line": mine * tier})


def _watchers(member_id: int) -> list[int]:
    """Administrators and those who watch; the member himself only when there is nobody else."""
    org = ORGANISATION.now()
    found = [p.id for p in org.people.values() if p.active and (p.administrator or WATCH in org.grants(p.id))]
    return [one for one in found if one != member_id] or found
