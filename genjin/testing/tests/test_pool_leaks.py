"""What lies in a pool leaks through no door (B4 P10): asked by a member of its pool, by a member of another one, and by
its former owner, at every address that takes its id or the id of what hangs on it, and by searching for what is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from genjin.customers.tests.factories import make_contact, make_customer
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.files import attach_upload
from genjin.kernel.models.events import EventLink
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sealing import deliver, seal
from genjin.ownership.actions.pooling import create_pool
from genjin.testing.cast import Cast, make_cast
from genjin.testing.doors import addresses, doors
from genjin.testing.walking import Walker, assert_nothing, unlimited
from genjin.testing.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.long]
NAME = "苏州晶砺半导体有限公司"
PHONE, NUMBER = "13862450173", "13900007788"
HIDDEN = ("付款慢机密", "江秘密", NUMBER, "跟进机密", "计划机密", "附件机密", "评论机密", "地址机密", "商机机密", PHONE)


def do(actor: Actor, verb: str, row_id: int | None = None, /, **raw: Any) -> int:
    """Run an action; the id of its row."""
    outcome = ACTIONS[verb].run(actor, row_id, raw)
    assert outcome.row_id is not None
    return outcome.row_id


def put_into_pool(cast: Cast) -> tuple[World, int, list[int]]:
    """A customer with everything that can hang on it, returned into a pool of the stranger's by its owner, who is a
    member of none: (the world, the pool, events)."""
    owner = cast.actor("owner")
    row = make_customer(owner, NAME, phone=PHONE, risks=HIDDEN[0], level="A")
    about = {"customer": str(row.pk)}
    known = {"customer": row.pk, "pooled": row.pk, "contact": make_contact(owner, row, HIDDEN[1], phone=NUMBER).pk}
    known["followup"] = do(
        owner, "followups.create", **about, content=HIDDEN[3], method="phone", occurred_at=timezone.now().isoformat(),
        call_result="answered",
    )  # fmt: skip
    known["plan"] = do(owner, "plans.create", **about, content=HIDDEN[4], method="phone", starts_at="2031-01-05T10:00")
    known["opportunity"] = do(owner, "opportunities.create", **about, name=HIDDEN[8])
    upload = SimpleUploadedFile(f"{HIDDEN[5]}.txt", b"text", content_type="text/plain")
    known["file"] = attach_upload(owner, "customer", row.pk, upload).row_id or 0
    known["comment"] = do(owner, "comments.write", record_type="customer", record_id=str(row.pk), words=HIDDEN[6])
    do(owner, "customers.add_address", row.pk, label="工厂", detail=HIDDEN[7])
    administrator = cast.actor("administrator")
    shown = {"phone": "masked", "risks": "hidden"}
    pool = create_pool(administrator, name="华东公海", record_type="customer", members=[cast.stranger.pk], hidden=shown)
    create_pool(administrator, name="华南公海", record_type="customer", members=[cast.teammate.pk])
    do(administrator, "customers.reclaim", row.pk, reason="重新分配", pool=str(pool.pk))
    known["pool"] = pool.pk
    while seal():
        pass
    deliver()
    events = EventLink.objects.filter(row_id=row.pk).values_list("event_id", flat=True).distinct()
    return World(cast, {"owner": Known(known)}), pool.pk, list(events)


def put_lead_into_pool(cast: Cast) -> tuple[World, int, list[int]]:
    """The same of a lead (B1): with its follow-up, plan, comment, file and campaign."""
    owner, administrator = cast.actor("owner"), cast.actor("administrator")
    campaign = do(administrator, "campaigns.create", name="春季展会", starts_on="2026-03-01", ends_on="2026-03-03")
    given = {"company": NAME, "mobile": PHONE, "need": HIDDEN[0], "contact_name": HIDDEN[1], "phone": NUMBER}
    row_id = do(administrator, "leads.create", name=NAME, campaign=str(campaign), owner=str(cast.owner.pk), **given)
    about = {"lead": str(row_id)}
    known = {"lead": row_id, "pooled": row_id}
    known["followup"] = do(
        owner, "followups.create", **about, content=HIDDEN[3], method="phone", occurred_at=timezone.now().isoformat(),
        call_result="answered",
    )  # fmt: skip
    known["plan"] = do(owner, "plans.create", **about, content=HIDDEN[4], method="phone", starts_at="2031-01-05T10:00")
    upload = SimpleUploadedFile(f"{HIDDEN[5]}.txt", b"text", content_type="text/plain")
    known["file"] = attach_upload(owner, "lead", row_id, upload).row_id or 0
    known["comment"] = do(owner, "comments.write", record_type="lead", record_id=str(row_id), words=HIDDEN[6])
    shown = {"mobile": "masked", "phone": "hidden", "need": "hidden", "contact_name": "hidden"}
    pool = create_pool(administrator, name="线索公海", record_type="lead", members=[cast.stranger.pk], hidden=shown)
    create_pool(administrator, name="别的公海", record_type="lead", members=[cast.teammate.pk])
    do(administrator, "leads.reclaim", row_id, reason="重新分配", pool=str(pool.pk))
    known["pool"] = pool.pk
    while seal():
        pass
    deliver()
    events = EventLink.objects.filter(row_id=row_id).values_list("event_id", flat=True).distinct()
    return World(cast, {"owner": Known(known)}), pool.pk, list(events)


NOBODY = 9_000_000_000


class Known(dict[str, int]):
    """The ids of what hangs on the customer; of all other things one that nothing has."""

    def __missing__(self, key: str) -> int:
        return NOBODY


def asked(world: World, plural: str) -> Iterator[tuple[str, bool]]:
    """(an address, whether the members of its pool may read its name there) of all that take one of its ids. Doors of
    every type are walked as those of customers: of another type the same ones are asked."""
    ids = {str(pk) for pk in world.ids["owner"].values()}
    row, pool = (world.id("owner", key) for key in ("pooled", "pool"))
    for door in doors():
        found = addresses(door, world, "owner") if "GET" in door.methods and door.parameters else []
        for address in found[:8]:
            path = address.path.replace(f"/customers/{NOBODY}", f"/{plural}/{row}")
            path = path.replace("/customers/pools/", f"/{plural}/pools/")
            if path != address.path or ids & {str(value) for value in address.chosen.values()}:
                yield path, f"/pools/{pool}" in path


SEARCHED = ("晶砺", PHONE, "江秘", "商机机密")
SECRETS = (f"q={PHONE[:9]}", f"q={HIDDEN[0]}", f"q={HIDDEN[1]}", f"q={NUMBER}", f"q={HIDDEN[3]}")
REFUSED = {
    "customers": ("sort=phone", "sort=risks", "risks.contains=机密", "phone.contains=1386245", "fields=risks"),
    "leads": ("sort=mobile", "sort=need", "need.contains=机密", "mobile.contains=1386245", "phone.empty=0"),
}


def lists() -> list[str]:
    """Where records are listed, counted, sought and chosen."""
    found = ["/customers", "/contacts", "/followups", "/plans", "/opportunities", "/inbox", "/today", "/clashes"]
    found += ["/customers/former", "/api/v1/customers/former", "/customers?life=any", "/customers/count?life=any"]
    found += ["/leads?life=any", "/leads/board?whose=all", "/leads/board/unassigned?whose=all", "/leads/conversions"]
    found += [f"/leads/ring?q={words}" for words in SEARCHED] + ["/campaigns", "/campaigns/figures"]
    found += [f"/api/v1/{t.plural}?size=200" for t in RECORD_TYPES.values()]
    found += [f"/palette?q={words}" for words in SEARCHED]
    return found + [f"/choices/contacts/customer?q={words}" for words in SEARCHED]


def told_by(walker: Walker, path: str, *, shown: bool) -> list[str]:
    """What an address tells that it must not; `shown`: its name may be."""
    answer = walker.get(path)
    words = [*HIDDEN, *([] if shown else [NAME])]
    return [f"{answer} tells {word}" for word in words if word in answer.body and word not in path]


@pytest.mark.parametrize(("plural", "made"), [("customers", put_into_pool), ("leads", put_lead_into_pool)])
def test_nothing_of_what_lies_in_a_pool_leaks_through_any_door_B4_P10(
    plural: str, made: Callable[[Cast], tuple[World, int, list[int]]]
) -> None:
    cast = make_cast()
    with unlimited():
        world, pool, events = made(cast)
        member, other, former = (Walker(world, part) for part in ("stranger", "teammate", "owner"))
        at, row_id = f"/{plural}/pools/{pool}", world.id("owner", "pooled")
        assert NAME in member.get(at).body
        assert NAME in member.get(f"{at}/{row_id}").body
        paths = [*asked(world, plural), *((path, False) for path in lists())]
        assert len(paths) > 140
        found = [
            told
            for path, shown in paths
            for walker in (member, other, former)
            for told in told_by(walker, path, shown=shown and walker is member)
        ]
        # what a pool hides is asked for by no search, filter or order, and undone by nobody who had it
        sought = [f"{door}{at}?{query}" for query in SECRETS for door in ("", "/api/v1")]
        found += [f"{path} finds it" for path in sought if NAME in member.get(path).body]
        answers = [member.get(f"/api/v1{at}?{query}") for query in REFUSED[plural]]
        found += [str(answer) for answer in answers if answer.status != 400]
        undone = [former.send("POST", f"/api/v1/events/{event}/undo") for event in events]
        found += [str(answer) for answer in undone if answer.status == 200]
        assert_nothing(found)
        model: Any = RECORD_TYPES[plural.removesuffix("s")].model
        assert model.objects.get(pk=row_id).pool_id == pool
