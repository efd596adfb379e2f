"""Conditions of fields and sections as an administrator sets them: about fields that exist, never about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.conditions import Rule, When
from genjin.kernel.fields.base import Field
from genjin.kernel.refusal import Refused

MOST_RULES = 10
MOST_VALUES = 50
COMPARED = frozenset({"number", "money", "percent", "date", "datetime"})


def checked_condition(given: Any, fields: Mapping[str, Field], name: str, own_key: str = "") -> list[list[Any]] | None:
    """The condition as it is kept, None for none. Raises Refused("bad_condition") naming the input `name`."""
    try:
        when = When.read(given)
    except (ValueError, TypeError):
        raise _wrong(_("条件的格式不对，应为 [字段, 比较方式, 值] 的列表"), name) from None
    if when is None:
        return None
    if len(when.rules) > MOST_RULES:
        raise _wrong(_("最多 %d 个条件") % MOST_RULES, name)
    for rule in when.rules:
        field = fields.get(rule.key)
        if field is None:
            raise _wrong(_("条件里的字段「%s」不存在或已停用") % rule.key[:40], name)
        if rule.key == own_key:
            raise _wrong(_("「%s」的条件不能取决于它自己") % field.label, name)
        _check_rule(rule, field, name)
    return when.to_json()


def _check_rule(rule: Rule, field: Field, name: str) -> None:
    if rule.operator in ("gte", "lte") and field.kind not in COMPARED:
        raise _wrong(_("「%s」不能比较大小") % field.label, name)
    if field.kind == "files" and rule.operator not in ("filled", "empty"):
        raise _wrong(_("「%s」只能问有没有文件") % field.label, name)
    if rule.operator not in ("filled", "empty") and not rule.values:
        raise _wrong(_("请为「%s」的条件选择或输入值") % field.label, name)
    if len(rule.values) > MOST_VALUES or not all(isinstance(v, str | int | float) for v in rule.values):
        raise _wrong(_("「%s」的条件值不对") % field.label, name)


def _wrong(message: str, name: str) -> Refused:
    return Refused("bad_condition", message, name)
