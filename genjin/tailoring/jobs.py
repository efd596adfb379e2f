"""Work that goes through all rows of a type: beside the running business, in pieces, as often as it takes."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.jobs import job, progress
from genjin.kernel.models.definitions import IndexState, OwnField
from genjin.kernel.records import RECORD_TYPES
from genjin.tailoring import indexes
from genjin.tailoring.actions.indexing import JOB as INDEX
from genjin.tailoring.actions.indexing import note_index
from genjin.tailoring.actions.searching import AT_ONCE, restate_search
from genjin.tailoring.actions.searching import JOB as SEARCH
from genjin.tailoring.grants import WORK


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
