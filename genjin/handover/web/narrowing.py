"""Sharing out by a condition: a saved view of the list, or a few of the type's fields (region, level …)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.utils.translation import gettext as _

from genjin.handover.arrangement import Share
from genjin.handover.pools import pools_for
from genjin.kernel.actor import Actor
from genjin.kernel.lists import read_query
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import listed
from genjin.ui.forms.controls import Control, control
from genjin.ui.views.queries import tabs_of

KINDS = ("choice", "region", "industry")
MOST = 6


def name_in(record_type: RecordType, what: str) -> str:
    """How a control of the type's form is called: forms of several types stand on one page."""
    return f"share_{record_type.key}_{what}"


def share_forms(
    actor: Actor, record_types: Sequence[RecordType], given: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """For each type that can be shared out: its views and its fields by which to narrow it. `given`: what was filled in
    before it was refused."""
    given = given or {}
    return [
        {
            "key": t.key,
            "label": str(t.many),
            "open": given.get("add") == t.key,
            "names": {each: name_in(t, each) for each in ("view", "to", "pool")},
            "view": given.get(name_in(t, "view"), ""),
            "pool": given.get(name_in(t, "pool"), ""),
            "views": _views(actor, t),
            "controls": _controls(actor, t, given),
            "pools": [(p.pk, p.name) for p in pools_for(actor, t)],
        }
        for t in record_types
        if actor.may(t.grant("see"))
    ]


def share_words(actor: Actor, share: Share) -> str:
    """A share's condition in words; its own label for one that the actor may not read any more."""
    given = {name: values for name, values in parse_qs(share.query).items() if not name.startswith("owner.")}
    try:
        query = read_query(actor, RECORD_TYPES[share.part], given)
    except Refused:
        return share.label
    told = []
    for condition in query.conditions:
        field, key = condition.field, condition.operator
        operator = next((str(o.label) for o in field.operators() if o.key == key), key)
        told.append(f"{field.label} {operator} {field.filter_text(key, list(condition.raw), actor)}".strip())
    words = listed(told)
    return f"{share.label}（{words}）" if share.label and share.label != words else words


def asked_query(actor: Actor, record_type: RecordType, given: Mapping[str, Any]) -> tuple[str, str]:
    """(filters, label) of what was filled in: of the view, narrowed by the fields. Raises Refused when nothing was."""
    pairs: list[tuple[str, str]] = []
    label = ""
    chosen = str(given.get(name_in(record_type, "view"), ""))
    for key, name, query in _saved(actor, record_type):
        if key == chosen:
            pairs, label = [(n, v) for n, values in parse_qs(query).items() if "." in n for v in values], name
    for field in _fields(actor, record_type):
        value = str(given.get(name_in(record_type, field.key), "")).strip()
        if value:
            pairs.append((f"{field.key}.in", value))
    if not pairs:
        raise Refused("no_condition", _("请至少选一个条件"), "query")
    return urlencode(pairs), label


def _pools(actor: Actor, record_type: RecordType) -> list[tuple[int, str]]:
    return [(pool.pk, pool.name) for pool in pools_for(actor, record_type)]


def _fields(actor: Actor, record_type: RecordType) -> list[Any]:
    """The region, and what a list shows, come first."""
    fitting = [f for f in record_type.visible_fields(actor) if f.kind in KINDS and f.filterable]
    asked = [f for f in fitting if "in" in {o.key for o in f.operators()}]
    return sorted(asked, key=lambda field: (field.kind != "region", not field.in_list))[:MOST]


def _controls(actor: Actor, record_type: RecordType, given: Mapping[str, str]) -> list[Control]:
    found = []
    for field in _fields(actor, record_type):
        name = name_in(record_type, field.key)
        made = control(actor, field.with_(required=False, help=""), given.get(name, ""), source=record_type.plural)
        found.append(Control(made.component, name, made.label, {**made.given, "id": f"f-{name}"}))
    return found


def _views(actor: Actor, record_type: RecordType) -> list[tuple[str, str]]:
    return [(key, name) for key, name, _query in _saved(actor, record_type)]


def _saved(actor: Actor, record_type: RecordType) -> list[tuple[str, str, str]]:
    """[(key, name, filters)] of the views that narrow the list."""
    found = []
    for tab in tabs_of(actor, record_type):
        pairs = [(name, value) for name, value in tab.query if "." in name and not name.startswith("owner.")]
        if pairs:
            found.append((tab.key, str(tab.label), urlencode(pairs)))
    return found
