"""A list query from URL parameters: `level.in=A&owner.in=me&q=张&sort=-updated_at&life=archived&after=…`.

Only declared fields, their operators and sortable keys are accepted; anything else is refused (ASVS 1.2.4).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Field, FieldError
from genjin.kernel.fields.own import FEW, LOOKING, Own, OwnWords
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused

LIVES = {"live": Life.LIVE, "archived": Life.ARCHIVED, "voided": Life.VOIDED}
MOST_CONDITIONS = 20
NOTHING_MORE = Q()
MOST_VALUES = 100


@dataclass(frozen=True)
class Condition:
    """One filter: field, operator key and raw values, as in the URL."""

    field: Field
    operator: str
    raw: tuple[str, ...]

    def q(self, actor: Actor) -> Q:
        """The filter for the query. Raises Refused when a value does not fit."""
        try:
            if any("\x00" in value for value in self.raw):
                raise ValueError("NUL, which no column holds")
            return self.field.condition(self.operator, list(self.raw), actor)
        except (FieldError, ValueError) as error:
            message = str(error) if isinstance(error, FieldError) else _("「%s」的筛选值不对") % self.field.label
            raise Refused("bad_filter", message, f"{self.field.key}.{self.operator}") from None

    def looked_for(self, actor: Actor) -> str:
        """The text whose pieces an index knows; '' where there is none."""
        return self.field.looked_for(self.operator, list(self.raw), actor)


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: the sort value and id of the row beside it."""

    value: Any
    row_id: int

    def text(self) -> str:
        """For URLs."""
        return base64.urlsafe_b64encode(json.dumps([self.value, self.row_id]).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Cursor:
        """From a URL. Raises Refused."""
        try:
            value, row_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if not isinstance(row_id, int) or isinstance(row_id, bool) or not 0 <= row_id < 2**63:
                raise ValueError
            if not isinstance(value, str | int | float | None):
                raise ValueError
        except (ValueError, TypeError, binascii.Error):
            raise Refused("bad_cursor", _("翻页位置无效，请从第一页重新开始"), "after") from None
        return cls(value, row_id)


@dataclass(frozen=True)
class ListQuery:
    """What a list shows: type, filters, search text, life, order, page. `only`: a condition that no address names
    (ticked rows, a narrower scope)."""

    record_type: RecordType
    conditions: tuple[Condition, ...] = ()
    text: str = ""
    life: Life | None = Life.LIVE
    sort: Field | None = None
    descending: bool = True
    size: int = 50
    after: Cursor | None = None
    before: Cursor | None = None
    only: Q = NOTHING_MORE

    @property
    def sort_key(self) -> str:
        """`-updated_at`, as in URLs; newest first is `-id`."""
        key = self.sort.key if self.sort else "id"
        return f"-{key}" if self.descending else key

    def q(self, actor: Actor) -> Q:
        """All filters but the text."""
        total = self.only if self.life is None else Q(life=self.life) & self.only
        for condition in self.conditions:
            total &= condition.q(actor)
        return total

    def without_page(self) -> ListQuery:
        """The same list from its beginning."""
        return replace(self, after=None, before=None)


def read_query(
    actor: Actor, record_type: RecordType, parameters: Mapping[str, Iterable[str]], *, size: int = 50
) -> ListQuery:
    """A list query from {parameter: values}. Unknown filters raise Refused; parameters without a dot that are not
    known here (view, columns) are the caller's."""
    record_type = record_type.seen_by(actor)
    conditions = []
    for name, values in parameters.items():
        if "." in name:
            conditions.append(_condition(record_type, name, tuple(values)))
    if len(conditions) > MOST_CONDITIONS:
        raise Refused("too_many_filters", _("最多同时使用 %d 个筛选条件") % MOST_CONDITIONS)
    sort, descending = _sort(record_type, _last(parameters, "sort") or record_type.default_sort)
    after, before = _last(parameters, "after"), _last(parameters, "before")
    life = _last(parameters, "life") or "live"
    if life not in {*LIVES, "any"}:
        raise Refused("bad_filter", _("没有这种状态：%s") % life[:20], "life")
    return ListQuery(
        record_type=record_type,
        conditions=tuple(conditions),
        text=_last(parameters, "q").strip()[:100],
        life=LIVES.get(life),
        sort=sort,
        descending=descending,
        size=_size(_last(parameters, "size"), size),
        after=Cursor.read(after) if after else None,
        before=Cursor.read(before) if before else None,
    )


def _condition(record_type: RecordType, name: str, values: tuple[str, ...]) -> Condition:
    key, _dot, operator = name.partition(".")
    field = record_type.keys.get(key)
    if isinstance(field, OwnWords) and not field.looked_into and operator in LOOKING:
        words = _("「%(field)s」没有索引，数据超过 %(most)s 条时不能按内容筛选，请管理员为它建立索引")
        raise Refused("no_index", words % {"field": field.label, "most": f"{FEW:,}"}, name)
    if field is None or not field.filterable or operator not in {o.key for o in field.operators()}:
        raise Refused("bad_filter", _("不能按「%s」筛选") % name[:40], name)
    raw = tuple(part for value in values for part in _parts(field, operator, value))
    if len(raw) > MOST_VALUES:
        raise Refused("too_many_values", _("一个条件最多选 %d 个值") % MOST_VALUES, name)
    return Condition(field, operator, raw)


def _parts(field: Field, operator: str, value: str) -> list[str]:
    takes = next(o.takes for o in field.operators() if o.key == operator)
    return value.split(",") if takes in {"many", "range"} else [value]


def _sort(record_type: RecordType, text: str) -> tuple[Field | None, bool]:
    descending = text.startswith("-")
    key = text.removeprefix("-")
    if key == "id":
        return None, descending
    field = record_type.keys.get(key)
    if isinstance(field, Own) and field.ordered and not field.sortable:
        words = _("「%(field)s」没有索引，数据超过 %(most)s 条时不能排序，请管理员为它建立索引")
        raise Refused("no_index", words % {"field": field.label, "most": f"{FEW:,}"}, "sort")
    if field is None or not field.sortable:
        raise Refused("bad_sort", _("不能按「%s」排序") % key[:40], "sort")
    return field, descending


def _last(parameters: Mapping[str, Iterable[str]], name: str) -> str:
    values = list(parameters.get(name, ()))
    return str(values[-1]) if values else ""


def _size(text: str, default: int) -> int:
    return max(1, min(int(text), 200)) if text.isdecimal() and len(text) < 5 else default
