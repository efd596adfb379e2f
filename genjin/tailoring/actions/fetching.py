"""Handing out the values of a deleted field, and taking them away when their time is over."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Number
from genjin.kernel.recording import note_event
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.kernel.taking_out import demand_taking_out
from genjin.tailoring import inputs
from genjin.tailoring.grants import MANAGE, WORK
from genjin.tailoring.queries.kept import KeptValues, expired, kept_values, may_fetch

FieldId = Annotated[int, Number(key="field", label=gettext_lazy("字段"))]


@action("fields.fetch_kept", on=None, needs=MANAGE, label=gettext_lazy("下载已删除字段的值"), listed=False)
def fetch_kept(actor: Actor, *, record_type: inputs.Type, field: FieldId) -> KeptValues:
    """Note that the values of a deleted field are handed out. Raises NotFound, Forbidden for who does not see all
    records of the type or had not seen the field, Refused("leaving") for who may take nothing out (S2-58)."""
    demand_taking_out(actor)
    found = next((k for k in kept_values(actor, RECORD_TYPES[record_type]) if k.field_id == field), None)
    if found is None:
        raise NotFound
    if not may_fetch(actor, found):
        words = _("文件里有全部%s的值，只有能看到全部数据、看得到这个字段的人才能下载")
        raise Forbidden(words % RECORD_TYPES[record_type].many)
    note_event(actor, downloaded=found.path.name, field=found.label)
    return found


@action("fields.drop_kept", on=None, needs=WORK, label=gettext_lazy("删除过期的字段值文件"), listed=False)
def drop_kept(actor: Actor) -> int:
    """Take away the files that are kept no longer; how many."""
    names = []
    for path in expired():
        path.unlink(missing_ok=True)
        names.append(path.name)
    note_event(actor, dropped=names)
    return len(names)
