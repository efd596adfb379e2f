"""Adding and changing fields of the company's own. Neither touches a row of business: it takes no time however many
there are; what has to go through them (an index, search texts) is left to jobs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.codes_store import make_serial_sequence
from genjin.kernel.jobs import start_job
from genjin.kernel.models.definitions import FieldState, IndexState, OwnField
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.org.changing import check_version
from genjin.tailoring import inputs
from genjin.tailoring.actions.choosing import add_options
from genjin.tailoring.actions.indexing import build_index, check_doubles, drop_index
from genjin.tailoring.actions.rows import MOST_FIELDS, field_row, fill, taken_keys, too_many
from genjin.tailoring.actions.searching import JOB as SEARCH
from genjin.tailoring.actions.working_out import follow_formulas, work_out_again
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.rules.kinds import CHOICES
from genjin.tailoring.rules.naming import checked_key, free_key

STEP = 10


@action("fields.add", on=OwnField, needs=MANAGE, label=gettext_lazy("添加字段"), icon="plus", listed=False)
def add_field(
    actor: Actor,
    *,
    record_type: inputs.Type,
    kind: inputs.Kind,
    label: inputs.Label,
    english: inputs.English = None,
    help: inputs.Help = None,
    section: inputs.Section = None,
    required: inputs.Required = None,
    required_when: inputs.RequiredWhen = None,
    shown_when: inputs.ShownWhen = None,
    unique: inputs.Unique = None,
    searched: inputs.Found = None,
    in_list: inputs.InList = None,
    width: inputs.Width = None,
    sensitivity: inputs.Class = None,
    default: inputs.Default = None,
    facts: inputs.Facts = None,
    options: inputs.Options = None,
    key: inputs.Key = "",
) -> OwnField:
    """A new field of a type; in force at the next request everywhere. Raises Refused("too_many", "same_label",
    "same_key", "bad_key", "bad_facts", "bad_condition", "bad_default", "bad_options", "bad_field")."""
    given = _given(locals())
    bump_stamp()  # first: from here on changes of fields come one after another
    taken = taken_keys(record_type)
    _check_room(record_type)
    row = OwnField(record_type=record_type, kind=kind, key=checked_key(key, taken) if key else free_key(label, taken))
    last = OwnField.objects.filter(record_type=record_type).order_by("-order").values_list("order", flat=True).first()
    row.order = (last or 0) + STEP
    made = add_options(actor, row, options or []) if kind in CHOICES else {}
    if options and kind not in CHOICES:
        raise Refused("bad_options", _("只有单选和多选字段有选项"), "options")
    fill(actor, row, given, made)
    if kind == "serial":
        make_serial_sequence(record_type, row.key)
    record(actor, row)
    bump_stamp()
    if row.unique:
        build_index(actor, row)
    if kind == "formula":
        work_out_again(actor, row)
    return row


@action("fields.edit", on=OwnField, needs=MANAGE, label=gettext_lazy("编辑字段"), icon="pencil", listed=False)
def edit_field(
    actor: Actor,
    field_id: int,
    *,
    label: inputs.NewLabel = None,
    english: inputs.English = None,
    help: inputs.Help = None,
    section: inputs.Section = None,
    order: inputs.Order = None,
    required: inputs.Required = None,
    required_when: inputs.RequiredWhen = None,
    shown_when: inputs.ShownWhen = None,
    unique: inputs.Unique = None,
    searched: inputs.Found = None,
    in_list: inputs.InList = None,
    width: inputs.Width = None,
    sensitivity: inputs.Class = None,
    default: inputs.Default = None,
    facts: inputs.Facts = None,
) -> OwnField:
    """Change what is given of a field, but its type, kind and key; what is not given stays. Raises as adding, Stale,
    Refused("doubles") when it shall be unique and is not."""
    given = _given(locals())
    bump_stamp()
    row = field_row(field_id)
    check_version(row)
    before, facts = (row.unique, row.searched), row.facts
    fill(actor, row, given)
    if row.unique and not before[0]:
        check_doubles(row)
    record(actor, row)
    bump_stamp()
    _follow(actor, row, before)
    if row.kind == "formula" and row.facts != facts:
        work_out_again(actor, row)
        if row.index != IndexState.NONE:
            build_index(actor, row)  # perhaps of another shape
    elif row.facts != facts:
        follow_formulas(actor, row)
    return row


def _given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a definition among an action's arguments."""
    aside = ("actor", "field_id", "record_type", "kind", "key", "options")
    return {name: value for name, value in arguments.items() if value is not None and name not in aside}


def _check_room(record_type: str) -> None:
    if OwnField.objects.filter(record_type=record_type, state=FieldState.LIVE).count() >= MOST_FIELDS:
        raise too_many()


def _follow(actor: Actor, row: OwnField, before: Sequence[bool]) -> None:
    """What a change asks of the rows: done by jobs."""
    unique, searched = before
    if row.unique != unique:
        (build_index if row.unique else drop_index)(actor, row)
    if row.searched != searched:
        start_job(actor, SEARCH, title=_("更新搜索：%s") % row.label, field=row.pk)
