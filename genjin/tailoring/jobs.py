"""Work that goes through all rows of a type: beside the running business, in pieces, as often as it takes."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor, system
from genjin.kernel.fields import Choice
from genjin.kernel.fields.worked_out import WorkedOut
from genjin.kernel.jobs import job, periodic, progress, start_job
from genjin.kernel.models.definitions import FieldState, IndexState, OwnField
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sights import in_force, own_field
from genjin.tailoring.actions.converting import JOB as CONVERT
from genjin.tailoring.actions.converting import convert_next, finish_change
from genjin.tailoring.actions.deleting import JOB as DELETE
from genjin.tailoring.actions.deleting import forget_field, strip_next
from genjin.tailoring.actions.fetching import drop_kept
from genjin.tailoring.actions.indexing import JOB as INDEX
from genjin.tailoring.actions.indexing import note_index
from genjin.tailoring.actions.searching import AT_ONCE, restate_search
from genjin.tailoring.actions.searching import JOB as SEARCH
from genjin.tailoring.actions.working_out import AT_ONCE as WORKED_AT_ONCE
from genjin.tailoring.actions.working_out import JOB as FORMULAS
from genjin.tailoring.actions.working_out import work_out_next
from genjin.tailoring.grants import WORK
from genjin.tailoring.queries import indexes, keeping
from genjin.tailoring.queries.kept import expired


@job(INDEX, title=gettext_lazy("建立字段索引"), grants=[WORK])
def keep_index(actor: Actor, job_id: int, *, field: int) -> dict[str, Any]:
    """Let the indexes of a field be as its definition says. Run again it begins anew what was left half built."""
    row = OwnField.objects.filter(pk=field).first()
    if row is None:
        return {}
    progress(job_id, 0, 1)
    if row.index in (IndexState.NONE, ""):
        indexes.drop(row)
    elif row.index == IndexState.BUILDING:
        try:
            indexes.build(row)
        except IntegrityError:
            note_index(actor, row.pk, state=IndexState.FAILED, why=_("有重复的内容"))
            return {}
        except DatabaseError:
            note_index(actor, row.pk, state=IndexState.FAILED)
            raise
        note_index(actor, row.pk, state=IndexState.READY)
        indexes.analyze(row)
    progress(job_id, 1, 1)
    return {}


@job(SEARCH, title=gettext_lazy("更新搜索"), grants=[WORK])
def restate_searches(actor: Actor, job_id: int, *, field: int) -> dict[str, Any]:
    """Work out the search texts of all rows that hold a value of a field anew."""
    row = OwnField.objects.filter(pk=field).first()
    if row is None or row.record_type not in RECORD_TYPES:
        return {}
    done, after = 0, restate_search(actor, field_id=field, after=0)
    while after is not None:
        done += AT_ONCE
        progress(job_id, done)
        after = restate_search(actor, field_id=field, after=after)
    return {}


@job(CONVERT, title=gettext_lazy("转换字段"), grants=[WORK])
def convert_values(actor: Actor, job_id: int, *, field: int) -> dict[str, Any]:
    """Convert the values of a field that changes its kind. Run again it goes on where it was."""
    if not OwnField.objects.filter(pk=field, state=FieldState.CONVERTING).exists():
        return {}
    reader = system(*actor.grants, *(declared.grant("see") for declared in RECORD_TYPES.values()))
    done = convert_next(reader, field_id=field)
    while done is not None:
        progress(job_id, done)
        done = convert_next(reader, field_id=field)
    row = finish_change(reader, field)
    return {"label": row.label}


@job(DELETE, title=gettext_lazy("删除字段"), grants=[WORK])
def delete_values(actor: Actor, job_id: int, *, field: int) -> dict[str, Any]:
    """Write the values of a field into a file, then take them out of the rows, then forget the field. Run again the
    file is written only while no row has lost its value yet."""
    row = OwnField.objects.filter(pk=field, state=FieldState.LEAVING).first()
    if row is None:
        return {}
    name, rows = keeping.write(row)
    after = strip_next(actor, field_id=field, after=0)
    while after is not None:
        progress(job_id, 0)
        after = strip_next(actor, field_id=field, after=after)
    indexes.drop(row)
    forget_field(actor, field, rows=rows, kept_in=name)
    return {"rows": rows, "file": name}


@job(FORMULAS, title=gettext_lazy("计算公式"), grants=[WORK])
def work_out_formulas(actor: Actor, job_id: int, *, record_type: str) -> dict[str, Any]:
    """Work out the formulas of all rows of a type. Run again it begins anew: what is right already stays."""
    if record_type not in RECORD_TYPES:
        return {}
    day = system().now().date().isoformat()
    rows = OwnField.objects.filter(record_type=record_type, kind="formula", state=FieldState.LIVE)
    total = RECORD_TYPES[record_type].model._default_manager.count()
    done, after = 0, work_out_next(actor, record_type=record_type, after=0)
    while after is not None:
        done += WORKED_AT_ONCE
        rows.update(pending={"done": done, "total": total})
        progress(job_id, done, total)
        after = work_out_next(actor, record_type=record_type, after=after)
    rows.update(pending={"day": day})
    progress(job_id, total, total)
    return {"rows": total}


@periodic("41 3 * * *", "tailoring.kept", grants=[WORK])
def drop_old_values(actor: Actor) -> None:
    """Take away the values of fields that were deleted long ago."""
    if expired():
        drop_kept(actor)


@periodic("23 * * * *", "tailoring.daily", grants=[WORK])
def work_out_daily(actor: Actor) -> None:
    """Once a new day has begun for the company, work out the formulas that depend on it, or on what changes without a
    save of the record."""
    day = system().now().date().isoformat()
    rows = OwnField.objects.filter(kind="formula", state=FieldState.LIVE, record_type__in=RECORD_TYPES)
    stale = {row.record_type for row in rows if (row.pending or {}).get("day") != day and _changes_daily(row)}
    for record_type in sorted(stale):
        start_job(actor, FORMULAS, record_type=record_type)


def _changes_daily(row: OwnField) -> bool:
    field = own_field(row)
    return isinstance(field, WorkedOut) and (field.daily or _reads_what_changes(row, field.reads))


def _reads_what_changes(row: OwnField, keys: frozenset[str]) -> bool:
    """Whether a formula reads names of options, or what is set for many records at once by the night's work."""
    known = in_force(RECORD_TYPES[row.record_type], 0).own_fields
    read = [known[key] for key in keys if key in known]
    return any(isinstance(f, Choice) or not (f.own or f.editable) for f in read)
