"""Steps that the actions of this area share: the row of a field, its keys, filling it in with all checks; writing what
rows keep of fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Field, FieldError, Sensitivity
from genjin.kernel.fields.choices import TRUE
from genjin.kernel.models.definitions import FieldState, OwnField
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.sights import in_force, own_field
from genjin.kernel.stamps import current_stamp
from genjin.tailoring.rules.conditions import checked_condition
from genjin.tailoring.rules.formulas import checked_formula
from genjin.tailoring.rules.kinds import CHOICES, FILLED_ALONE, NOT_UNIQUE, checked_facts, is_searchable

MOST_FIELDS = 100
"""Live fields of a company's own on one type."""
NOT_DEFAULTED = FILLED_ALONE | {"file"}
Labels = Mapping[str, str]
"""{label or key of an option: its key}"""


def field_row(field_id: int, *states: FieldState) -> OwnField:
    """A field, locked, in one of these states (live or retired). Raises NotFound."""
    wanted = states or (FieldState.LIVE, FieldState.RETIRED)
    row = OwnField.objects.select_for_update().filter(pk=field_id, state__in=wanted).first()
    if row is None or row.record_type not in RECORD_TYPES:
        raise NotFound
    return row


def too_many() -> Refused:
    """There is no room for another live field."""
    return Refused("too_many", _("一种记录最多 %d 个自定义字段，请先停用不用的") % MOST_FIELDS, "record_type")


def taken_keys(record_type: str) -> set[str]:
    """The keys that no new field of a type may have: those of retired ones are kept for them."""
    declared = RECORD_TYPES[record_type]
    return {*declared.keys, *OwnField.objects.filter(record_type=record_type).values_list("key", flat=True)}


def standing(record_type: str) -> RecordType:
    """The type as it is in force in this transaction."""
    return in_force(RECORD_TYPES[record_type], current_stamp())


def fill(actor: Actor, row: OwnField, given: Mapping[str, Any], options: Labels | None = None) -> None:
    """Set attributes of a definition that were given and check the whole. Raises Refused."""
    whole = standing(row.record_type)
    for name, value in given.items():
        if name not in ("facts", "default", "shown_when", "required_when"):
            setattr(row, name, value)
    if "facts" in given or row._state.adding:
        merged = {**row.facts, **(given.get("facts") or {})}
        row.facts = checked_facts(row.kind, merged)
        if row.kind == "formula":
            row.facts = checked_formula(row.facts, whole, row.key)
    _check_name(row, whole)
    known = [section.key for section in whole.sections]
    if not row.section or (row.section not in known and "section" not in given):
        row.section = known[0]  # its section is gone
    if row.section not in known:
        raise Refused("bad_field", _("没有这个分组，请从列表中选择"), "section")
    _check_switches(row)
    for name in ("shown_when", "required_when"):
        if name in given:
            setattr(row, name, checked_condition(given[name], whole.own_fields, name, row.key))
    if "default" in given:
        row.default = _default(actor, row, given["default"], options)


def _check_name(row: OwnField, whole: RecordType) -> None:
    if not row.label:
        raise Refused("bad_field", _("请填写「%s」") % _("名称"), "label")
    same = next((f for f in whole.fields if f.key != row.key and str(f.label) == row.label), None)
    if same is not None:
        raise Refused("same_label", _("已有叫「%s」的字段，请换一个名称") % row.label, "label")
    retired = OwnField.objects.filter(record_type=row.record_type, label=row.label, state=FieldState.RETIRED)
    if retired.exclude(pk=row.pk).exists():
        raise Refused("same_label", _("有一个已停用的字段也叫「%s」，可以直接恢复它") % row.label, "label")


def _check_switches(row: OwnField) -> None:
    """What a kind cannot be."""
    row.sensitivity = row.sensitivity or Sensitivity.INTERNAL
    if row.unique and row.kind in NOT_UNIQUE:
        raise Refused("bad_field", _("这种字段不能设为「不允许重复」"), "unique")
    if row.searched and not is_searchable(row.kind, row.facts):
        raise Refused("bad_field", _("这种字段的内容不能用搜索框查找，可以用筛选"), "searched")
    if row.required and row.kind in FILLED_ALONE:
        raise Refused("bad_field", _("这种字段由系统填写，不能设为必填"), "required")


def _default(actor: Actor, row: OwnField, raw: Any, options: Labels | None) -> Any:
    """The default as it is kept in rows. Raises Refused("bad_default")."""
    if raw in (None, "", []):
        return None
    if row.kind in NOT_DEFAULTED:
        raise Refused("bad_default", _("这种字段不能有默认值"), "default")
    if row.unique:
        raise Refused("bad_default", _("不允许重复的字段不能有默认值"), "default")
    if row.kind == "yesno":
        return True if str(raw).strip().lower() in TRUE else None
    if row.kind in CHOICES and options:
        return _chosen(row, str(raw), options)
    try:
        field: Field = own_field(row)
        return field.stored(field.parse(raw, actor))
    except FieldError as error:
        raise Refused("bad_default", str(error), "default") from None


def _chosen(row: OwnField, raw: str, options: Labels) -> Any:
    """The default of a choice whose options are being made."""
    parts = [part.strip() for part in raw.replace("、", ",").replace("，", ",").split(",") if part.strip()]
    unknown = next((part for part in parts if part not in options), None)
    if unknown is not None or (row.kind == "choice" and len(parts) > 1):
        raise Refused("bad_default", _("默认值「%s」不在选项里") % (unknown or raw)[:40], "default")
    keys = [options[part] for part in parts]
    return keys if row.kind == "multichoice" else keys[0]


def write_custom(table: str, changed: Mapping[int, dict[str, Any]]) -> None:
    """Write the values of own fields of many rows at once; the rows are locked."""
    statement = sql.SQL(
        "UPDATE {} AS row SET custom = new.custom::jsonb FROM unnest(%s::bigint[], %s::text[]) AS new (id, custom)"
        " WHERE row.id = new.id"
    ).format(sql.Identifier(table))
    if changed:
        texts = [json.dumps(custom, ensure_ascii=False) for custom in changed.values()]
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(changed), texts])
