"""What is asked of a door besides its bare address: the queries with which the walks try to make it tell something."""

from __future__ import annotations

from genjin.testing.doors import API_POOL, POOL, Address, offering_records
from genjin.testing.inputs import mark
from genjin.testing.world import World

# What is asked of a door besides its bare address, {half} being the beginning of an owner's mark and {customer} … the
# ids of what the owner has. "" stands for the bare address.
QUERIES: dict[str, tuple[str, ...]] = {
    "followups/new": ("", "customer={customer}", "contact={contact}", "plan={plan}"),
    "phrases/choices": ("", "customer={customer}&contact={contact}", "q={half}"),
    "calendar": ("", "show=month&who={member}", "show=day&who={member}"),
    "<plural:record_type>": ("", "f=1&life=any&sort=-id", "f=1&q={half}"),
    "<plural:record_type>/count": ("f=1", "f=1&q={half}", "f=1&life=any"),
    "<plural:record_type>/bulk/<str:verb>": ("ids={row}",),
    f"{POOL}/bulk/<str:verb>": ("ids={pooled}",),
    POOL: ("", "f=1&life=any", "f=1&q={half}"),
    f"{POOL}/count": ("f=1", "f=1&q={half}"),
    API_POOL: ("", "q={half}", "life=any"),
    "<plural:record_type>/export": ("", "f=1&life=any&q={half}"),
    "<plural:record_type>/print": ("f=1&life=any", "f=1&q={half}"),
    "choices/<str:source>/<str:key>": ("", "filter=1"),
    "palette": ("", "q={half}", "q=%40{half}", "q=%3E", "q=%23"),
    "settings/options/<str:list_key>/edit": ("key=A",),
    "settings/fields/<plural:record_type>/<int:field_id>/options/edit": ("key=a",),
    "settings/fields/<plural:record_type>/<int:field_id>/kind": ("", "kind=text"),
    "settings/fields/<plural:record_type>/new": ("", "kind=choice", "kind=record"),
    "settings/members": ("", "q={half}"),
    "settings/sharing/conditions": ("record_type=customer",),
    "<plural:record_type>/<int:row_id>/who": ("", "member={member}"),
    "<plural:record_type>/<int:row_id>/merge": ("", "q={half}"),
    "settings/audit": ("", "member={member}"),
    "settings/codes-preview": ("type=customer&pattern=KH-%7B0000%7D",),
    "inbox": ("", "all=1"),
    "<plural:record_type>/<int:row_id>/comments": ("", "inline=1", "before={comment}", "at={comment}"),
    "<plural:record_type>/<int:row_id>/comments/people": ("", "q={half}"),
    "statistics/followups": ("", "from=2020-01-01&to=2099-12-31"),
    "statistics/followups/tables": ("from=2020-01-01&to=2099-12-31",),
    "statistics/followups/lines": ("from=2020-01-01&to=2099-12-31",),
    "statistics/followups/print": ("from=2020-01-01&to=2099-12-31",),
    "api/v1/<slug:plural>": ("", "q={half}", "life=any", "sort=-id&size=200"),
    "regions": ("", "parent=32"),
}
ABOUT_ROWS = {"<plural:record_type>/bulk/<str:verb>"}  # asked with a row of the first owner only
RELATED = ("f=1&customer.in={customer}", "f=1&parent.in={customer}")


def queries(address: Address, world: World) -> list[str]:
    """The addresses to ask, with their queries."""
    asked = QUERIES.get(address.door.route, ("",))
    if address.door.route == "<plural:record_type>":
        asked += tuple(q for q in RELATED if q.split("&")[1].split(".")[0] in _keys(address))
    if (address.chosen.get("source"), address.chosen.get("key")) in offering_records():
        asked += ("q={half}", "filter=1&q={half}")
    if address.door.route == "<plural:record_type>/new" and "customer" in _keys(address):
        asked += ("customer={customer}",)
    found: dict[str, None] = {}
    for query in asked:
        for part in _whose(address, world):
            known = {**world.ids[part], "half": mark(part)[:-2], "member": getattr(world.cast, part).pk}
            row = world.id(part, address.record_type.key) if address.record_type else 0
            found[f"{address.path}?{query.format(**known, row=row)}" if query else address.path] = None
    return list(found)


def _whose(address: Address, world: World) -> list[str]:
    if address.belongs:
        return [address.belongs]
    return [next(iter(world.ids))] if address.door.route in ABOUT_ROWS else list(world.ids)


def _keys(address: Address) -> set[str]:
    return set(address.record_type.keys) if address.record_type else set()
