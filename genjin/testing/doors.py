"""Every address the product serves, with its parameters filled in from a world. A new address with a parameter that
stands in no table here fails the guards, until somebody says what fills it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from genjin.kernel.actions import ACTIONS, Action
from genjin.kernel.models.events import Event
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.surfaces.api.running import path_of
from genjin.testing.world import PAPERS, World
from genjin.ui.pages import Page, all_pages

ABSENT = 999_999_999
PARAMETER = re.compile(r"<\w+:(\w+)>")
DROPPED = {"choice", "tags", "multichoice", "person", "department", "record", "industry", "region"}
Chosen = dict[str, Any]


@dataclass(frozen=True)
class Door:
    """One pattern of addresses. `page` is None for the JSON door's."""

    route: str
    name: str
    parameters: tuple[str, ...]
    methods: tuple[str, ...]
    page: Page | None

    @property
    def api(self) -> bool:
        """Whether it belongs to the JSON door."""
        return self.route.split("/")[0] == "api"


@dataclass(frozen=True)
class Address:
    """A door with its parameters filled in. `belongs`: whose record its id is of ('' for none of them)."""

    door: Door
    path: str
    chosen: Chosen = dataclasses.field(hash=False)
    belongs: str = ""

    @property
    def record_type(self) -> RecordType | None:
        """The type the address is about."""
        declared = self.chosen.get("record_type")
        return declared if isinstance(declared, RecordType) else None


def doors() -> list[Door]:
    """All doors, in the order in which addresses are tried."""
    found = list(_patterns(get_resolver().url_patterns, ""))
    pages = {page.view: page for page in all_pages()}
    return [
        Door(route, name or "", tuple(pattern.pattern.converters), _methods(pattern), pages.get(pattern.callback))
        for route, name, pattern in found
    ]


def _methods(pattern: URLPattern) -> tuple[str, ...]:
    """The methods it takes: what it says when asked for one that nothing serves."""
    response = pattern.callback(RequestFactory().generic("BREW", "/"), **dict.fromkeys(pattern.pattern.converters, "x"))
    return tuple(method for method in response.headers.get("Allow", "").split(", ") if method)


def _patterns(entries: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str | None, URLPattern]]:
    for entry in entries:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry.url_patterns, route)
        else:
            yield route, entry.name, entry


def addresses(door: Door, world: World, part: str) -> list[Address]:
    """The door's addresses with ids of what belongs to the part; for the first part every variant, for the others one
    of each. Raises KeyError for a parameter nobody fills."""
    filled: list[Chosen] = [{}]
    for name in door.parameters:
        fill = FILLERS.get((door.route, name)) or FILLERS[("", name)]
        most = 1 if part != next(iter(world.ids)) and name in VARIANTS else None
        filled = [sofar | {name: value} for sofar in filled for value in fill(world, part, sofar)[:most]]
    rows = any(name in ROW_PARAMETERS for name in door.parameters)
    return [Address(door, "/" + written(door.route, sofar), sofar, part if rows else "") for sofar in filled]


def written(route: str, chosen: Chosen) -> str:
    """The route with its parameters filled in."""
    return PARAMETER.sub(lambda found: str(getattr(chosen[found[1]], "plural", chosen[found[1]])), route)


def absent(address: Address) -> str:
    """The same address with an id that nothing has."""
    rows = {name: ABSENT for name in address.chosen if name in ROW_PARAMETERS}
    return "/" + written(address.door.route, address.chosen | rows)


def _types(_world: World, _part: str, _sofar: Chosen) -> list[RecordType]:
    return list(RECORD_TYPES.values())


def _generic_new(_world: World, _part: str, _sofar: Chosen) -> list[RecordType]:
    """The types without a page of their own for writing a new one."""
    own = {page.route for page in all_pages()}
    return [t for t in RECORD_TYPES.values() if f"{t.plural}/new" not in own]


def _own(kind: str) -> Callable[[World, str, Chosen], list[int]]:
    return lambda world, part, _sofar: [world.id(part, kind)]


def _files(world: World, part: str, _sofar: Chosen) -> list[int]:
    """An attachment, and what lies in file fields."""
    return [row_id for kind, row_id in world.ids[part].items() if kind == "file" or kind.startswith("held ")]


def _row(world: World, part: str, sofar: Chosen) -> list[int]:
    return [world.id(part, _declared(sofar).key)]


def _declared(sofar: Chosen) -> RecordType:
    found = sofar.get("record_type") or next(t for t in RECORD_TYPES.values() if t.plural == sofar["plural"])
    assert isinstance(found, RecordType)
    return found


def _field_of_customers(world: World, _part: str, sofar: Chosen) -> list[int]:
    record_type = sofar.get("record_type")
    return [world.field] if record_type is None or record_type.key == "customer" else []


def _view(world: World, part: str, sofar: Chosen) -> list[int]:
    return [world.id(part, "view")] if sofar["record_type"].key == "customer" else []


def _verbs(_world: World, _part: str, sofar: Chosen) -> list[str]:
    """Every action on rows of the type."""
    declared = _declared(sofar)
    return [a.name.removeprefix(f"{declared.plural}.") for a in row_actions(declared)]


def _bulk_verbs(_world: World, _part: str, sofar: Chosen) -> list[str]:
    declared = sofar["record_type"]
    return [a.name.removeprefix(f"{declared.plural}.") for a in row_actions(declared) if a.bulk]


def row_actions(declared: RecordType) -> list[Action[Any, Any]]:
    """The actions on rows of a record type."""
    return [a for a in ACTIONS.values() if a.on is declared.model and a.takes_row]


def _facts(_world: World, _part: str, sofar: Chosen) -> list[str]:
    """One editable field of each kind, and of the first type that has the kind."""
    kinds: dict[str, tuple[str, str]] = {}
    for record_type in RECORD_TYPES.values():
        for field in record_type.fields:
            if field.editable:
                kinds.setdefault(field.kind, (record_type.key, field.key))
    own = sofar["record_type"].key
    first = next(f.key for f in sofar["record_type"].fields if f.editable)
    return list(dict.fromkeys([first, *(key for type_key, key in kinds.values() if type_key == own)]))


def _dropped() -> list[tuple[str, str]]:
    """One drop-down of each kind (and type of record): the source and the field's key."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    sources = [(t.plural, t.fields) for t in RECORD_TYPES.values()]
    sources += [(a.name, a.own_inputs) for a in ACTIONS.values() if a.listed]
    for source, fields in sources:
        for field in fields:
            if field.kind in DROPPED:
                found.setdefault((field.kind, getattr(field, "to", "")), (source, field.key))
    assert ("record", "customer") in found
    return list(found.values())


def offering_records() -> set[tuple[str, str]]:
    """The drop-downs among them whose choices are records."""
    known = {(t.plural, f.key) for t in RECORD_TYPES.values() for f in t.fields if f.kind == "record"}
    return known & set(_dropped())


def _sources(_world: World, _part: str, _sofar: Chosen) -> list[str]:
    return list(dict.fromkeys(["customers.transfer", *(source for source, _key in _dropped())]))


def _choices(_world: World, _part: str, sofar: Chosen) -> list[str]:
    return [key for source, key in [("customers.transfer", "owner"), *_dropped()] if source == sofar["source"]]


def _teamed(_world: World, _part: str, _sofar: Chosen) -> list[RecordType]:
    """The types whose records have owners of their own."""
    return [t for t in RECORD_TYPES.values() if t.grant("add_teammate") in ACTIONS]


def _divided(_world: World, _part: str, _sofar: Chosen) -> list[RecordType]:
    """The types whose performance is divided."""
    return [t for t in RECORD_TYPES.values() if t.grant("split") in ACTIONS]


def _disputed(_world: World, _part: str, _sofar: Chosen) -> list[RecordType]:
    """The types whose records clash."""
    return [t for t in RECORD_TYPES.values() if t.grant("declare_clash") in ACTIONS]


def _named(fitting: Callable[[Action[Any, Any]], bool]) -> Callable[[World, str, Chosen], list[str]]:
    return lambda _world, _part, _sofar: [a.name for a in ACTIONS.values() if fitting(a)]


def _rowed(action: Action[Any, Any]) -> bool:
    """Whether it works on rows that are no records: its address is /actions/<name>/<id>."""
    return action.takes_row and path_of(action).startswith("/api/v1/actions/")


def _member(world: World, part: str, _sofar: Chosen) -> list[int]:
    return [getattr(world.cast, part).pk]


def _event(world: World, part: str, _sofar: Chosen) -> list[int]:
    """The last event of this part's own."""
    last = Event.objects.filter(member=getattr(world.cast, part)).order_by("-id").values_list("pk", flat=True).first()
    assert last is not None
    return [last]


def _department(world: World, part: str, _sofar: Chosen) -> list[int]:
    return [getattr(world.cast, part).department_id]


def _role(world: World, _part: str, _sofar: Chosen) -> list[int]:
    return [world.roles[0]]


def _fixed(*values: Any) -> Callable[[World, str, Chosen], list[Any]]:
    return lambda _world, _part, _sofar: list(values)


VARIANTS = {"verb", "key", "source"}
ROW_PARAMETERS = {
    "row_id", "customer_id", "contact_id", "lead_id", "plan_id", "phrase_id", "view_id", "import_id", "file_id",
    "message", "token_id", "device_id", "event_id", "offer_id", "run_id", "merge_id",
    "handover_id", "pool_id", "capacity_id", "clash_id", "opportunity_id", "campaign_id", "risk_id",
}  # fmt: skip
SHARED = tuple(f"<plural:record_type>/<int:row_id>/shares{rest}" for rest in ("", "/edit", "/line", "/<str:answer>"))
CLASHED = ("<plural:record_type>/<int:row_id>/clash", "<plural:record_type>/<int:row_id>/clash/like")
POOL = "<plural:record_type>/pools/<int:pool_id>"
API_POOL = "api/v1/<slug:plural>/pools/<int:pool_id>"
POOLED = (f"{POOL}/<int:row_id>", f"{POOL}/<int:row_id>/claim", f"{API_POOL}/<int:row_id>")
POOLS = (
    "<plural:record_type>/pools", POOL, f"{POOL}/count", f"{POOL}/filter", f"{POOL}/quota", f"{POOL}/rules",
    f"{POOL}/bulk/<str:verb>", "api/v1/<slug:plural>/pools", API_POOL, f"{API_POOL}/falling", *POOLED,
)  # fmt: skip
FILLERS: dict[tuple[str, str], Callable[[World, str, Chosen], list[Any]]] = {
    ("", "record_type"): _types,
    ("<plural:record_type>/<int:row_id>/owners", "record_type"): _teamed,
    ("<plural:record_type>/former", "record_type"): _teamed,
    ("api/v1/<slug:plural>/former", "plural"): _fixed("customers"),
    **dict.fromkeys(((route, "record_type") for route in SHARED), _divided),
    (f"{SHARED[0]}/<str:answer>", "answer"): _fixed("accept", "decline", "withdraw"),
    **dict.fromkeys(((route, "record_type") for route in CLASHED), _disputed),
    ("api/v1/<slug:plural>/<int:row_id>/shares", "plural"): _fixed("customers"),
    ("api/v1/<slug:plural>/<int:row_id>/owners", "plural"): _fixed("customers"),
    ("api/v1/<slug:plural>/<int:row_id>/merges", "plural"): _fixed("customers"),
    ("api/v1/duplicates/<slug:plural>/rules", "plural"): _fixed("customers"),
    ("api/v1/<slug:plural>/<int:row_id>/score", "plural"): _fixed("leads"),
    ("api/v1/scoring/<slug:plural>", "plural"): _fixed("leads"),
    **{(f"settings/scoring/<slug:type_key>/{way}", "type_key"): _fixed("lead") for way in ("edit", "line", "preview")},
    ("", "clash_id"): _own("clash"),
    ("<plural:record_type>/new", "record_type"): _generic_new,
    ("", "plural"): lambda _world, _part, _sofar: [t.plural for t in RECORD_TYPES.values()],
    ("", "row_id"): _row,
    ("", "customer_id"): _own("customer"),
    ("", "contact_id"): _own("contact"),
    ("", "lead_id"): _own("lead"),
    ("leads/board/<str:state>", "state"): _fixed("pending"),
    ("", "plan_id"): _own("plan"),
    ("", "opportunity_id"): _own("opportunity"),
    ("", "form_key"): lambda world, _part, _sofar: [world.form_key],
    ("", "form_id"): lambda world, _part, _sofar: [world.form],
    ("", "channel_id"): lambda world, _part, _sofar: [world.form_channel],
    ("", "submission_id"): lambda world, _part, _sofar: [world.submission],
    ("lead-forms/<int:form_id>/moves/<str:move>", "move"): _fixed("open", "close", "delete"),
    ("lead-forms/<int:form_id>/channels/<int:channel_id>/moves/<str:move>", "move"): _fixed("end", "resume"),
    ("", "campaign_id"): _own("campaign"),
    ("", "pipeline_key"): _fixed("default"),
    ("", "stage_key"): _fixed("contact"),
    ("settings/pipelines/<slug:pipeline_key>/moves/<str:move>", "move"): _fixed("default", "on", "off", "delete"),
    ("settings/pipelines/stages/<slug:stage_key>/moves/<str:way>", "way"): _fixed("up", "down", "delete"),
    ("", "phrase_id"): _own("phrase"),
    ("phrases/<int:phrase_id>/<str:state>", "state"): _fixed("off", "on"),
    ("", "view_id"): _view,
    ("", "import_id"): _own("import"),
    ("", "number"): _fixed(2),  # the first row below the header
    ("", "kind"): _fixed("customers"),
    ("api/v1/imports/<int:import_id>/<slug:name>", "name"): _fixed("check", "run", "pause", "resume", "undo"),
    ("", "file_id"): _files,
    ("<plural:record_type>/held-files/<str:key>", "record_type"): lambda _world, _part, _sofar: [
        RECORD_TYPES["customer"]
    ],
    ("<plural:record_type>/held-files/<str:key>", "key"): _fixed(PAPERS),
    ("", "message"): _own("message"),
    ("", "token_id"): _own("token"),
    ("", "device_id"): _own("device"),
    ("", "robot_id"): lambda world, _part, _sofar: [world.robot],
    ("", "rule_id"): lambda world, _part, _sofar: [world.rule],
    ("settings/sharing/<int:rule_id>/<str:move>", "move"): _fixed("off", "on", "end"),
    ("", "duplicate_rule_id"): lambda world, _part, _sofar: [world.duplicate_rule],
    ("", "duplicate_group_id"): _fixed(1),
    ("", "swept_id"): _fixed(1),
    ("", "compared"): _fixed("contact"),
    ("", "preset"): _fixed("person"),
    ("", "place"): _fixed(0),
    ("", "scheme_id"): lambda world, _part, _sofar: [world.scheme],
    ("settings/allocation/<int:scheme_id>/<str:move>", "move"): _fixed("off", "on", "end"),
    ("<plural:record_type>/allocating", "record_type"): _fixed(RECORD_TYPES["customer"]),
    ("", "offer_id"): _own("offer"),
    ("", "run_id"): _own("run"),
    ("", "field_id"): _field_of_customers,
    ("", "sheet_id"): _fixed(1),
    ("", "export_id"): _fixed(1),
    ("settings/fields/<plural:record_type>/kept/<int:field_id>", "field_id"): _fixed(1),
    ("", "event_id"): _event,
    ("", "merge_id"): _own("merge"),
    # who leaves does not see that himself
    ("", "pool_id"): _own("pool"),
    ("", "capacity_id"): _own("capacity"),
    ("settings/pools/<int:pool_id>/<str:move>", "move"): _fixed("off", "on", "delete"),
    ("", "risk_id"): _own("risk"),
    ("api/v1/duplicates/<slug:plural>", "plural"): _fixed("customers"),
    ("api/v1/duplicates/<slug:plural>/groups", "plural"): _fixed("customers"),
    ("api/v1/duplicates/<slug:plural>/check", "plural"): _fixed("customers"),
    ("<plural:record_type>/pools/<int:pool_id>/bulk/<str:verb>", "verb"): _fixed("claim"),
    **dict.fromkeys(((route, "row_id") for route in POOLED), _own("pooled")),
    **dict.fromkeys(((route, "record_type") for route in POOLS), lambda _w, _p, _s: [RECORD_TYPES["customer"]]),
    **dict.fromkeys(((route, "plural") for route in POOLS), _fixed("customers")),
    ("", "handover_id"): lambda world, part, _sofar: [] if part == "manager" else [world.id(part, "handover")],
    ("api/v1/handovers/<int:handover_id>/<slug:name>", "name"): _fixed("begin", "resume", "undo", "cancel"),
    **dict.fromkeys(
        (
            *(("<plural:record_type>/merge", "record_type"), ("<plural:record_type>/merge/preview", "record_type")),
            ("<plural:record_type>/<int:row_id>/merge", "record_type"),
        ),
        lambda _world, _part, _sofar: [RECORD_TYPES["customer"], RECORD_TYPES["contact"]],
    ),
    **dict.fromkeys(
        (
            ("<plural:record_type>/merges/<int:merge_id>", "record_type"),
            ("<plural:record_type>/merges/<int:merge_id>/undo", "record_type"),
        ),
        lambda _world, _part, _sofar: [RECORD_TYPES["customer"]],
    ),
    ("", "comment_id"): _own("comment"),
    ("", "member_id"): _member,
    ("", "department_id"): _department,
    ("", "role_id"): _role,
    ("", "verb"): _verbs,
    ("<plural:record_type>/bulk/<str:verb>", "verb"): _bulk_verbs,
    ("settings/members/<int:member_id>/<str:verb>", "verb"): _fixed(
        "facts", "place", "roles", "administrator", "leaving", "return"
    ),
    ("<plural:record_type>/<int:row_id>/facts/<str:key>", "key"): _facts,
    ("<plural:record_type>/<int:row_id>/reveal/<str:key>", "record_type"): lambda _world, _part, _sofar: [
        RECORD_TYPES["customer"],
        RECORD_TYPES["contact"],
    ],
    ("<plural:record_type>/<int:row_id>/reveal/<str:key>", "key"): _fixed("phone"),
    ("choices/<str:source>/<str:key>", "source"): _sources,
    ("choices/<str:source>/<str:key>", "key"): _choices,
    ("", "type_key"): _fixed("customer"),
    ("", "list_key"): _fixed("customer_level"),
    ("", "section_key"): _fixed("rhythm"),
    ("", "year"): _fixed(2026),
    ("", "handle"): _fixed("0123456789abcdef"),
    ("", "token"): _fixed("0123456789abcdef"),
    ("api/v1/actions/<str:name>", "name"): _named(lambda action: not action.takes_row),
    ("api/v1/actions/<str:name>/bulk", "name"): _named(lambda action: action.bulk),
    ("api/v1/actions/<str:name>/<int:row_id>", "name"): _named(_rowed),
    ("api/v1/actions/<str:name>/<int:row_id>", "row_id"): _own("view"),
    ("", "rest"): _fixed("v2/customers"),
}
