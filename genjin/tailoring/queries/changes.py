"""What changing the kind of a field, retiring or deleting it would touch; and what such a change left behind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Access, Field, FieldError
from genjin.kernel.fields.choices import Choice
from genjin.kernel.models.definitions import FieldState, Layout, OwnField
from genjin.kernel.options import options_of
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import options_key, own_field
from genjin.kernel.titles import titles_of
from genjin.org.models import Role
from genjin.tailoring.queries.fields import count_holders, field_for
from genjin.tailoring.rules.converting import BEFORE, FROM, FROM_AND_TO, converted, parts_of, said
from genjin.tailoring.rules.kinds import CHOICES, checked_facts
from genjin.ui.models import ListChoice, SavedView

TRIED = 10_000
"""So many values are tried for a preview; the rest is reckoned."""
SAMPLES = 5
MOST_TEXTS = 200


@dataclass(frozen=True)
class Sample:
    """One value that cannot be converted, why, and the record's title where the actor may see it."""

    row_id: int
    title: str
    text: str
    why: str


@dataclass(frozen=True)
class Preview:
    """What a change touches. `holds`: rows with a value; `tried` of them were converted for a test, `converts` could
    be; `views`: names of saved views; `rules`: what else names the field, in words; `options`: those that a change to
    a choice would make."""

    row: OwnField
    holds: int
    tried: int = 0
    converts: int = 0
    samples: list[Sample] = field(default_factory=list)
    views: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)

    @property
    def fails(self) -> int:
        """How many values stay aside, reckoned from what was tried."""
        return round(self.holds * (self.tried - self.converts) / self.tried) if self.tried else 0


@dataclass(frozen=True)
class Leftover:
    """One value that a change of kind left aside: of which record, as it is kept."""

    row_id: int
    title: str
    value: Any


def preview(actor: Actor, field_id: int, *, kind: str = "", facts: Mapping[str, Any] | None = None) -> Preview:
    """What retiring or deleting a field touches; with `kind`, what becomes of its values then. Raises Forbidden,
    NotFound, Refused("same_kind", "not_convertible", "bad_facts")."""
    row = field_for(actor, field_id)
    touched = Preview(row, count_holders(row), views=list(_views(row)), rules=list(_rules(row)))
    if not kind:
        return touched
    check_convertible(row, kind)
    new = as_kind(row, kind, checked_facts(kind, facts or {}))
    tried, converts, samples, labels = _tried(actor, row, new)
    made = list(labels) if isinstance(new, Choice) and row.kind not in CHOICES else []
    return Preview(row, touched.holds, tried, converts, samples, views=touched.views, rules=touched.rules, options=made)


def check_convertible(row: OwnField, kind: str) -> None:
    """Raises Refused("same_kind", "not_convertible") where values of a field cannot become another kind's."""
    if kind == row.kind:
        raise Refused("same_kind", _("「%s」已经是这种类型") % row.label, "kind")
    if row.kind not in FROM or kind not in FROM_AND_TO:
        raise Refused("not_convertible", _("这两种类型之间不能转换，请新建一个字段"), "kind")


def as_kind(row: OwnField, kind: str, facts: Mapping[str, Any]) -> Field:
    """The field as it would be of another kind."""
    other = OwnField(record_type=row.record_type, key=row.key, kind=kind, label=row.label, facts=dict(facts))
    return own_field(other)


def labels_of(row: OwnField, stamp: int) -> dict[str, str]:
    """{label: key} of a field's options."""
    return {str(o.label): key for key, o in options_of(options_key(row.record_type, row.key), stamp).items()}


def distinct_texts(actor: Actor, row: OwnField, new: Field) -> list[str]:
    """The texts in which values would be options of the new field, at most MOST_TEXTS + 1."""
    old = own_field(row)
    statement = sql.SQL("SELECT DISTINCT custom -> {0} FROM {1} WHERE custom ? {0} LIMIT {2}").format(
        sql.Literal(row.key), _table(row), sql.Literal(MOST_TEXTS + 1)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        kept = [_plain(value) for (value,) in cursor.fetchall()]
    found = (said(old, new, old.loaded(value), actor) for value in kept)
    texts = dict.fromkeys(part for raw in found for part in parts_of(new, raw) if part)
    return sorted(texts)[: MOST_TEXTS + 1]


def left_over(actor: Actor, field_id: int, *, most: int = 50) -> list[Leftover]:
    """Values that the last change of kind left aside, of records in sight; the newest first. Raises Forbidden."""
    row = field_for(actor, field_id)
    if not _may_read(actor, row):
        return []
    kept = list(_kept(row, row.key + BEFORE, most))
    titles = titles_of(actor, row.record_type, [row_id for row_id, _value in kept])
    return [Leftover(row_id, titles[row_id], value) for row_id, value in kept if row_id in titles]


def _tried(actor: Actor, row: OwnField, new: Field) -> tuple[int, int, list[Sample], dict[str, str]]:
    old = own_field(row)
    labels = labels_of(row, actor.stamp)
    if isinstance(new, Choice) and row.kind not in CHOICES:
        texts = distinct_texts(actor, row, new)
        labels |= {text: text for text in texts[:MOST_TEXTS] if 0 < len(text) <= 60}
    tried = converts = 0
    failed: list[tuple[int, str, str]] = []
    for row_id, kept in _kept(row, row.key, TRIED):
        tried += 1
        try:
            converted(old, new, kept, actor, labels)
            converts += 1
        except FieldError as error:
            if len(failed) < SAMPLES:
                failed.append((row_id, old.text(old.loaded(kept), actor)[:80], str(error)))
    return tried, converts, list(_shown(actor, row, failed)), labels


def _shown(actor: Actor, row: OwnField, failed: Iterable[tuple[int, str, str]]) -> Iterator[Sample]:
    """The samples of records that the actor may see, if he may read the field."""
    titles = titles_of(actor, row.record_type, [row_id for row_id, _text, _why in failed])
    if _may_read(actor, row):
        for row_id, text, why in failed:
            if row_id in titles:
                yield Sample(row_id, titles[row_id], text, why)


def _may_read(actor: Actor, row: OwnField) -> bool:
    path = f"{row.record_type}.{row.key}"
    return dict(actor.rights).get(path, Access.EDIT) in (Access.EDIT, Access.READ)


def _kept(row: OwnField, key: str, most: int) -> Iterator[tuple[int, Any]]:
    """(id, kept value) of the newest rows that have one."""
    model = RECORD_TYPES[row.record_type].model
    rows = model._default_manager.filter(custom__has_key=key).order_by("-id")
    for row_id, custom in rows.values_list("id", "custom")[:most].iterator(2000):
        yield row_id, custom[key]


def _views(row: OwnField) -> Iterator[str]:
    """Saved views that filter or sort by the field or show it."""
    own = SavedView.objects.filter(record_type=row.record_type)
    for name, query, columns in own.values_list("name", "query", "columns"):
        if row.key in columns or f"{row.key}." in query or f"sort={row.key}" in query or f"sort=-{row.key}" in query:
            yield name
    chosen = ListChoice.objects.filter(record_type=row.record_type, columns__contains=[row.key]).count()
    if chosen:
        yield _("%d 名成员在列表里显示它") % chosen


def _rules(row: OwnField) -> Iterator[str]:
    """Conditions of other fields and sections, layouts and roles that name the field."""
    others = OwnField.objects.filter(record_type=row.record_type, state=FieldState.LIVE).exclude(pk=row.pk)
    for other in others:
        for name, words in (("shown_when", _("「%s」的显示条件")), ("required_when", _("「%s」的必填条件"))):
            if any(rule[0] == row.key for rule in getattr(other, name) or ()):
                yield words % other.label
        if row.key in getattr(own_field(other), "reads", ()):
            yield _("公式「%s」，它会变成空的") % other.label
    yield from _placed(row)


def _placed(row: OwnField) -> Iterator[str]:
    for layout in Layout.objects.filter(record_type=row.record_type):
        for section in layout.sections:
            if any(rule[0] == row.key for rule in section.get("shown_when") or ()):
                yield _("分组「%s」的显示条件") % section["label"]
        if row.key in layout.quick:
            yield _("快速新建表单")
    for role in Role.objects.all():
        if f"{row.record_type}.{row.key}" in role.fields:
            yield _("角色「%s」的字段权限") % role.name


def _table(row: OwnField) -> sql.Identifier:
    return sql.Identifier(RECORD_TYPES[row.record_type].model._meta.db_table)


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
