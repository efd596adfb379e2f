"""Changing the kind of a field. While a job goes through the rows the field is on no surface, so that nobody writes a
value of the one kind beside those of the other; what cannot be converted stays under `x_key~before`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import FieldError
from genjin.kernel.jobs import start_job
from genjin.kernel.models.definitions import FieldState, IndexState, OwnField
from genjin.kernel.recording import record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import own_field
from genjin.kernel.stamps import bump_stamp, current_stamp
from genjin.org.changing import check_version
from genjin.tailoring import inputs
from genjin.tailoring.actions.choosing import add_options
from genjin.tailoring.actions.indexing import build_index, drop_index
from genjin.tailoring.actions.rows import field_row, write_custom
from genjin.tailoring.actions.searching import JOB as SEARCH
from genjin.tailoring.actions.working_out import follow_formulas
from genjin.tailoring.grants import MANAGE, WORK
from genjin.tailoring.queries.changes import MOST_TEXTS, as_kind, check_convertible, distinct_texts, labels_of
from genjin.tailoring.rules.converting import BEFORE, converted
from genjin.tailoring.rules.kinds import CHOICES, NOT_INDEXED, NOT_UNIQUE, checked_facts, is_searchable

JOB = "tailoring.convert"
AT_ONCE = 500


@action(
    "fields.change_kind", on=OwnField, needs=MANAGE, label=gettext_lazy("更改字段类型"), icon="switch", listed=False
)
def change_kind(
    actor: Actor, field_id: int, *, kind: inputs.Kind, facts: inputs.Facts = None, options: inputs.Options = None
) -> OwnField:
    """Let a field be of another kind; a job converts its values. A choice without `options` gets one for each text that
    is there. Raises NotFound, Refused("same_kind", "not_convertible", "bad_facts", "bad_options", "unique"), Stale."""
    bump_stamp()
    row = field_row(field_id, FieldState.LIVE)
    check_version(row)
    _check(row, kind)
    checked = checked_facts(kind, facts or {})
    if kind in CHOICES and row.kind not in CHOICES:
        _add_options(actor, row, kind, options)
    row.pending = {
        "kind": kind, "facts": checked, "after": 0, "kept": 0, "done": 0,
        "zone": actor.time_zone, "language": actor.language,
    }  # fmt: skip
    row.state = FieldState.CONVERTING
    record(actor, row)
    bump_stamp()
    start_job(actor, JOB, title=_("转换字段：%s") % row.label, field=row.pk)
    return row


def _check(row: OwnField, kind: str) -> None:
    check_convertible(row, kind)
    if row.unique and kind in NOT_UNIQUE:
        raise Refused("unique", _("这种字段不能设为「不允许重复」，请先取消"), "kind")


def _add_options(actor: Actor, row: OwnField, kind: str, given: list[Any] | None) -> None:
    """The options that values become: those given, or one for each text that is there."""
    if not given:
        known = labels_of(row, 0)
        given = [text for text in distinct_texts(actor, row, as_kind(row, kind, {})) if text not in known]
        if len(given) > MOST_TEXTS:
            words = _("「%(field)s」里有超过 %(most)s 种不同的内容，请给出要用的选项")
            raise Refused("bad_options", words % {"field": row.label, "most": MOST_TEXTS}, "options")
        given = [text for text in given if 0 < len(text) <= 60] or ([] if known else [_("其他")])
    if given:
        add_options(actor, row, given)


@action(
    "fields.convert_next", on=None, needs=WORK, label=gettext_lazy("转换字段的内容"), listed=False,
    silent="the change of the definition is written down; what cannot be converted stays",
)  # fmt: skip
def convert_next(actor: Actor, *, field_id: int) -> int | None:
    """Convert the next rows; a step of a job. How many have been done, None when there are no more."""
    row = field_row(field_id, FieldState.CONVERTING)
    declared = RECORD_TYPES[row.record_type]
    pending: dict[str, Any] = row.pending or {}
    rows = declared.model._default_manager.filter(pk__gt=pending["after"], custom__has_key=row.key).order_by("pk")
    found = list(rows.select_for_update(of=("self",)).values_list("pk", "custom")[:AT_ONCE])
    convert = _converter(actor, row)
    changed = {row_id: convert(custom) for row_id, custom in found}
    write_custom(declared.model._meta.db_table, changed)
    kept = sum(row.key + BEFORE in custom for custom in changed.values())
    pending["kept"] += kept
    pending["done"] += len(found)
    if found:
        pending["after"] = found[-1][0]
    row.save(update_fields=["pending"])
    return pending["done"] if len(found) == AT_ONCE else None


def _converter(actor: Actor, row: OwnField) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What makes a record's values with this field's in its new kind."""
    pending: dict[str, Any] = row.pending or {}
    reader = replace(actor, time_zone=pending["zone"], language=pending["language"], stamp=current_stamp())
    old, new = own_field(row), as_kind(row, pending["kind"], pending["facts"])
    labels = labels_of(row, reader.stamp)

    def convert(custom: dict[str, Any]) -> dict[str, Any]:
        made = dict(custom)
        kept = made.pop(row.key)
        try:
            value = converted(old, new, kept, reader, labels)
        except FieldError:
            return {**made, row.key + BEFORE: kept}
        return made if value is None else {**made, row.key: value}

    return convert


@action(
    "fields.finish_change", on=OwnField, needs=WORK, label=gettext_lazy("字段类型已更改"), icon="check", listed=False
)
def finish_change(actor: Actor, field_id: int) -> OwnField:
    """The field is of its new kind and in use again; a step of a job."""
    bump_stamp()
    row = field_row(field_id, FieldState.CONVERTING)
    pending: dict[str, Any] = row.pending or {}
    row.default = _default(actor, row)
    row.kind, row.facts, row.pending, row.state = pending["kind"], pending["facts"], None, FieldState.LIVE
    searched = row.searched
    row.searched = searched and is_searchable(row.kind, row.facts)
    record(actor, row, converted=pending["done"] - pending["kept"], kept_aside=pending["kept"])
    bump_stamp()
    if row.index != IndexState.NONE and row.kind in NOT_INDEXED:
        drop_index(actor, row)
    elif row.index != IndexState.NONE:
        build_index(actor, row)  # perhaps of another shape
    if searched:
        start_job(actor, SEARCH, title=_("更新搜索：%s") % row.label, field=row.pk)
    follow_formulas(actor, row)
    return row


def _default(actor: Actor, row: OwnField) -> Any:
    return None if row.default is None else _converter(actor, row)({row.key: row.default}).get(row.key)
