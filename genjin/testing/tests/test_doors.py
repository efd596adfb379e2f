"""Every address is guarded: who gets which answer follows from what the page declares; exceptions stand here with a
reason, and one that is no longer needed fails.
"""

from __future__ import annotations

import pytest

from genjin.kernel.actions import ACTIONS
from genjin.kernel.doors import SEE
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.testing.doors import Address, addresses, doors
from genjin.testing.tests.conftest import Walk
from genjin.testing.walking import Answer, Walker, assert_nothing
from genjin.testing.world import PARTS, READERS, WRITERS, make_world
from genjin.ui.pages import all_pages

pytestmark = [pytest.mark.django_db, pytest.mark.long(about=150)]

OPEN = {
    "sign-in": "where one signs in",
    "setup": "first run, guarded by a one-time token; absent afterwards",
    "reset": "guarded by a one-time code",
    "reset-request": "asks for a code by mail",
    "logo": "stands on the sign-in page; absent until there is one",
    "calendar-ics": "guarded by the secret in its address",
    "push-worker": "a script that the browser fetches without a session",
    "public-form": "everybody may fill it in: guarded by its signed sheet and limits",
    "public-form-frame": "the same in a frame of the sites that the form names",
}
ABSENT_API = {"api", "api/", "api/<path:rest>"}
# kept for oneself: not even the administrator opens another's
OWN = {
    "view-change",
    "offer-take",
    "offer-pass",
    "allocation-run",
    "allocation-progress",
    "api-run",
    "import",
    "import-cancel",
    "import-columns",
    "import-decide",
    "import-failed",
    "import-fields",
    "import-layout",
    "import-pair",
    "import-pause",
    "import-policy",
    "import-progress",
    "import-resume",
    "import-row",
    "import-rows",
    "import-run",
    "import-stop",
    "import-undo",
    "api-import",
    "api-import-failed",
    "api-import-rows",
    "edit-phrase",
    "followup-sheet",
    "followup-sheet-file",
    "export",
    "export-file",
    "api-export",
    "api-export-file",
}
# (name of the page, 'in' or 'out'): what it answers instead, and why
ODD = {
    ("home", "in"): (302, "leads to the workbench"),
    ("sign-in", "in"): (302, "whoever is in need not sign in"),
    ("sign-in", "out"): (200, OPEN["sign-in"]),
    ("setup", "in"): (404, OPEN["setup"]),
    ("setup", "out"): (404, OPEN["setup"]),
    ("reset", "in"): (200, OPEN["reset"]),
    ("reset", "out"): (200, OPEN["reset"]),
    ("reset-request", "in"): (200, OPEN["reset-request"]),
    ("reset-request", "out"): (200, OPEN["reset-request"]),
    ("logo", "in"): (404, OPEN["logo"]),
    ("logo", "out"): (404, OPEN["logo"]),
    ("push-worker", "out"): (200, OPEN["push-worker"]),
    ("public-form", "out"): (200, OPEN["public-form"]),
    ("public-form-frame", "out"): (200, OPEN["public-form-frame"]),
    ("greetings", "in"): (404, "only a holiday's plan has a list, and nobody makes one by hand"),
    ("calendar-ics", "in"): (404, OPEN["calendar-ics"]),
    ("calendar-ics", "out"): (404, OPEN["calendar-ics"]),
}
# asked inside the view, because the grant depends on what the address names
ASKED_INSIDE = {
    "settings": "org.see",
    "allocating": "customers.allocate",
    "clashes": "customers.declare_clash",
    "api-clashes": "customers.declare_clash",
    "member": "org.see",
    "exports": "exports.run",
    "merge": "customers.merge",  # of the type in the address; whoever may merge customers may merge contacts here
    "api/v1/fields/<slug:plural>": "fields.manage",
    "api/v1/fields/<int:field_id>/preview": "fields.manage",
    "api-back-test": "allocation.manage",
    "api-scoring": "scoring.manage",
    "api-capacities": "pools.manage",
    "api-duplicate-rules": "duplicates.manage",
    "api-offers": "allocation.take",
    "api-pool-preview": "pools.manage",
    "api-pool-rules": "pools.manage",
    "api-run": "customers.allocate",
    "api-runs": "customers.allocate",
    "api-schemes": "allocation.manage",
    "api-lead-forms": "leadforms.see",
    "api-lead-form": "leadforms.see",
    "api-form-submissions": "leadforms.see",
    "api-form-submission": "leadforms.see",
    "api-risks": "risks.see",
    "api-risk": "risks.see",
    "api-sweep": "duplicates.sweep",
    "api-sweep-groups": "duplicates.sweep",
    "api-duplicates-check": "duplicates.check",
    "api-handovers": "handovers.manage",
    "api-handover": "handovers.manage",
    "api-handover-items": "handovers.manage",
    "api-imports": "imports.run",
    "api-import": "imports.run",
    "api-import-failed": "imports.run",
    "api-import-rows": "imports.run",
    "api-export": "exports.run",
    "api-export-file": "exports.run",
}

# a pool is seen by its members, which the world makes one part, and by who sets pools up (B4 P10)
IN_POOLS = {
    *("pool", "pool-count", "pool-filter", "pool-quota", "pool-rules", "pool-bulk", "pooled", "pool-claim"),
    *("api/v1/<slug:plural>/pools/<int:pool_id>", "api/v1/<slug:plural>/pools/<int:pool_id>/<int:row_id>"),
}
OF_ADMINISTRATORS = {"pool-tonight", "api/v1/<slug:plural>/pools/<int:pool_id>/falling"}
WITHIN = {"member-sight": "about one member, within the scope of the page's grant"}


def test_every_url_is_guarded(walk: Walk) -> None:
    wrong = [
        f"{answer}, expected {wanted}"
        for address, answer in walk.all()
        if (wanted := expected(walk, address, answer)) != answer.status
    ]
    assert_nothing(wrong)


def test_every_exception_is_still_needed() -> None:
    names = {door.name for door in doors()}
    assert {page.name for page in all_pages() if page.opened and page.name in names} == set(OPEN)
    excepted = {name for name, _side in ODD} | set(ASKED_INSIDE) | OWN | set(WITHIN) | IN_POOLS | OF_ADMINISTRATORS
    assert excepted - names - {door.route for door in doors()} == set()
    assert {door.route for door in doors() if door.api and not door.methods} == ABSENT_API


def test_every_declared_page_is_served_at_its_address() -> None:
    served = {door.page for door in doors()}
    declared = [page for page in all_pages() if ".tests." not in page.view.__module__]
    assert [page.name for page in declared if page not in served] == []
    routes = [door.route for door in doors()]
    assert sorted({route for route in routes if routes.count(route) > 1}) == []


def test_a_method_that_is_not_declared_is_405_for_everybody() -> None:
    world = make_world("owner")
    walkers = [Walker(world, "administrator"), Walker(world, "anonymous")]
    wrong = []
    for door in doors():
        paths = [address.path for address in addresses(door, world, "owner")][:1] if door.methods else []
        for path in paths:
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(door.methods):
                wrong += [str(answer) for walker in walkers if (answer := walker.send(method, path)).status != 405]
    assert_nothing(wrong)


def expected(walk: Walk, address: Address, answer: Answer) -> int:
    """The status that the declarations ask for."""
    door = address.door
    if door.route in ABSENT_API:
        return 404
    signed_in = answer.part != "anonymous"
    odd = ODD.get((door.name, "in" if signed_in else "out"))
    if odd is not None:
        return odd[0]
    if not signed_in:
        return 401 if door.api else 302
    actor = walk.actors[answer.part]
    needs = (door.page.needs if door.page else None) or (ASKED_INSIDE.get(door.name) or ASKED_INSIDE.get(door.route))
    if needs and not actor.may(needs):
        return 403
    if door.name in WITHIN and needs:
        about = address.chosen["member_id"]
        member = next(member for part in PARTS if (member := getattr(walk.world.cast, part)).pk == about)
        return 200 if actor.grants[needs].holds(member.pk, member.department_id) else 403
    declared = address.record_type or _named(address.chosen.get("plural"))
    if declared is not None and not actor.may(declared.grant("see")):
        return 403 if door.api else 404
    readers = {address.belongs} if door.name in OWN else READERS.get(address.belongs, set(PARTS))
    if door.name == "pools":
        return 302 if answer.part in walk.world.ids or answer.part == "administrator" else 200
    if {door.name, door.route} & (IN_POOLS | OF_ADMINISTRATORS):
        readers = {"administrator"} | ({address.belongs} if {door.name, door.route} & IN_POOLS else set())
    return _by_action(walk, address, answer.part) if answer.part in readers else 404


def _named(plural: str | None) -> RecordType | None:
    return next((t for t in RECORD_TYPES.values() if t.plural == plural), None)


def _by_action(walk: Walk, address: Address, part: str) -> int:
    """What depends on the action that the address names, and on whether the part may write the record."""
    name, actor = address.door.name, walk.actors[part]
    declared = RECORD_TYPES["opportunity"] if name == "opportunity-move" else address.record_type
    if name == "choices":
        action, listed = ACTIONS.get(address.chosen["source"]), _named(address.chosen["source"])
        needs = action.needs if action else listed.grant("see") if listed else ""
        return 200 if actor.may(needs) else 404
    named = {
        "act": address.chosen.get("verb"),
        "clash-declare": "declare_clash",
        "edit": "edit",
        "fact": "edit",
        "merge-with": "merge",
        "opportunity-move": "edit",
        "shares-answer": f"{address.chosen.get('answer')}_split",
        "shares-edit": "propose_split",
    }
    verb = named.get(name)
    if declared is None or (verb is None and name != "bulk"):
        return 200
    action = ACTIONS[declared.grant(verb or address.chosen["verb"])]
    if name == "bulk":
        return 200 if actor.may(action.needs) else 403
    reaching = READERS if action.to is SEE else WRITERS
    if actor.may(action.needs) and part in reaching[address.belongs]:
        return 200
    return 404 if name == "fact" else 403
