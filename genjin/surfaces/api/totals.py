"""Totals and groups of a list through the JSON door: `by` names the field to group by, `sum` the numbers to add up."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

from genjin.kernel.lists import read_query
from genjin.kernel.lists.totals import MOST_FIELDS, Group, Sums, grouped, summable, totals
from genjin.kernel.refusal import Refused
from genjin.surfaces.api.bodies import parameters
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import answer
from genjin.surfaces.api.records import as_bad_request, type_named
from genjin.surfaces.api.schemas import Schema

PARAMETERS = ("q", "life", "by", "sum")
NUMBER: Schema = {"type": ["string", "null"]}
SUMS: Schema = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {"count": {"type": "integer"}, **dict.fromkeys(("sum", "average", "least", "greatest"), NUMBER)},
    },
}
TOTALS: Schema = {
    "type": "object",
    "properties": {
        "rows": {"type": "integer"},
        "capped": {"type": "boolean"},
        "totals": SUMS,
        "more_groups": {"type": "boolean"},
        "groups": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "key": {"type": ["string", "null"]},
                    "label": {"type": "string"},
                    "filter": {"type": ["object", "null"]},
                    "rows": {"type": "integer"},
                    "totals": SUMS,
                },
            },
        },
    },
}


@endpoint("GET")
def of_list(request: ApiRequest, plural: str) -> HttpResponse:
    """Sum, average, least and greatest of numbers over a list with its filters; with `by` also of its groups. Of a very
    long list only a part is added up: `capped`."""
    record_type = type_named(plural, request.actor)
    given = parameters(request, PARAMETERS, dotted=True)
    asked, by = given.pop("sum", [""])[0], given.pop("by", [""])[0]
    fields = asked.split(",") if asked else [f.key for f in record_type.fields if summable(f)]
    try:
        query = read_query(request.actor, record_type, given)
        found = totals(request.actor, query, fields[:MOST_FIELDS])
        groups = grouped(request.actor, query, by, fields[:MOST_FIELDS]) if by else None
    except Refused as refusal:
        raise as_bad_request(refusal) from None
    shown: dict[str, Any] = {"rows": found.rows, "capped": found.capped, "totals": _sums(found.sums)}
    if groups is not None:
        shown |= {"groups": [_group(group) for group in groups.groups], "more_groups": groups.more}
    return answer(shown)


def _group(group: Group) -> dict[str, Any]:
    return {
        "key": group.key,
        "label": group.label,
        "filter": {group.filter[0]: group.filter[1]} if group.filter else None,
        "rows": group.rows,
        "totals": _sums(group.sums),
    }


def _sums(sums: dict[str, Sums]) -> dict[str, Any]:
    return {key: {name: _plain(value) for name, value in asdict(one).items()} for key, one in sums.items()}


def _plain(value: Any) -> Any:
    """Decimals travel as text so that nothing is lost."""
    return f"{value:f}" if isinstance(value, Decimal) else value
