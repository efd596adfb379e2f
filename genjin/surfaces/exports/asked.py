"""What an export takes: the list's rows inside the right to export, and columns; read with the rights of the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from django.db.models import Q
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.doors import scope_condition
from genjin.kernel.fields import Field
from genjin.kernel.lists import Condition, ListQuery, read_query
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES, RecordType, by_plural
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.wording import listed
from genjin.surfaces.exports.grants import RUN
from genjin.surfaces.exports.models import Export

EVERY = "*"
MOST_IDS = 1_000
LIVES = {Life.LIVE: "", Life.ARCHIVED: "archived", Life.VOIDED: "voided", None: "any"}


@dataclass(frozen=True)
class Asked:
    """A list to export: its query (rows in sight, inside the right to export) and its columns."""

    query: ListQuery
    fields: tuple[Field, ...]

    @property
    def record_type(self) -> RecordType:
        """Whose rows."""
        return self.query.record_type


def read_asked(actor: Actor, record_type: RecordType, query: str, ids: Sequence[int], columns: Sequence[str]) -> Asked:
    """Read a list's address, ticked rows and field keys ([] for the declared columns, ["*"] for all that may be read).

    Raises Forbidden without the rights, Refused for a filter, order or column that the actor may not use (any more).
    """
    seen = record_type.seen_by(actor)
    return Asked(_rows(actor, seen, query, ids), _columns(actor, seen, columns))


def asked_of(actor: Actor, export: Export) -> Asked:
    """The same of a kept export, with the rights of now."""
    return read_asked(actor, type_keyed(export.record_type), export.query, export.ids, export.columns)


def type_named(plural: str) -> RecordType:
    """The record type with this plural. Raises NotFound."""
    found = by_plural(plural)
    if found is None:
        raise NotFound
    return found


def type_keyed(key: str) -> RecordType:
    """The record type with this key. Raises NotFound for one that is no more."""
    found = RECORD_TYPES.get(key)
    if found is None:
        raise NotFound
    return found


def words_of(reader: Actor, export: Export) -> str:
    """The rows of an export in words, as this reader may read them: `客户等级 属于 A、搜索「张」`."""
    if export.ids:
        return _("勾选的 %d 条") % len(export.ids)
    record_type = RECORD_TYPES.get(export.record_type)
    if record_type is None:
        return export.query
    try:
        return filter_words(reader, read_query(reader, record_type, _parameters(export.query)))
    except Refused:
        return _("（条件里有您看不到的字段）")


def filter_words(reader: Actor, query: ListQuery) -> str:
    """The filters of a list in words."""
    words = [_said(reader, condition) for condition in query.conditions]
    words += [_("搜索「%s」") % query.text] if query.text else []
    words += [_("含归档与回收站")] if query.life is None else [str(query.life.label)] if query.life else []
    return listed(words) or _("全部")


def _said(reader: Actor, condition: Condition) -> str:
    field, key = condition.field, condition.operator
    operator = next((str(o.label) for o in field.operators() if o.key == key), key)
    return f"{field.label} {operator} {field.filter_text(key, list(condition.raw), reader)}".strip()


def _rows(actor: Actor, record_type: RecordType, query: str, ids: Sequence[int]) -> ListQuery:
    actor.demand(record_type.grant("see"))
    inside = scope_condition(actor.demand(RUN))
    if not ids:
        return replace(read_query(actor, record_type, _parameters(query)).without_page(), only=inside)
    order = {name: values for name, values in _parameters(query).items() if name == "sort"}
    ticked = read_query(actor, record_type, order | {"life": ["any"]})
    return replace(ticked, only=inside & Q(pk__in=list(ids)))


def _parameters(query: str) -> dict[str, list[str]]:
    return parse_qs(query, keep_blank_values=True, max_num_fields=200)


def _columns(actor: Actor, record_type: RecordType, keys: Sequence[str]) -> tuple[Field, ...]:
    readable = {field.key: field for field in record_type.visible_fields(actor)}
    if list(keys) == [EVERY]:
        return tuple(readable.values())
    wanted = list(dict.fromkeys(keys)) or [f.key for f in record_type.columns if f.key in readable]
    lost = [key for key in wanted if key not in readable]
    if lost:
        known = RECORD_TYPES[record_type.key].keys
        labels = listed(str(known[key].label) if key in known else key[:40] for key in lost)
        raise Refused("hidden_column", _("没有权限查看这些列，不能导出：%s") % labels, "columns")
    first = [record_type.title] if record_type.title in readable and record_type.title not in wanted else []
    return tuple(readable[key] for key in (*first, *wanted))
