"""A small company in which three people own one record of every type, with their mark in every text: for guards.

owner's records are seen by owner, his manager, the teammate in the team, the administrator; stranger's and manager's
only by themselves and the administrator. New record types and fields fill themselves by their declarations.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from genjin.allocation.models import Offer, Run
from genjin.clashes.models import Clash
from genjin.clashes.rules import Origin
from genjin.duplicates.actions import flag_registrations
from genjin.duplicates.grants import FLAG
from genjin.duplicates.models import Risk
from genjin.duplicates.risks.finding import Suspect
from genjin.duplicates.risks.tracing import Entered
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor, system
from genjin.kernel.codes_store import new_ids
from genjin.kernel.files import attach_upload, hold_upload
from genjin.kernel.models.events import Notification
from genjin.kernel.models.files import File
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.sealing import deliver, seal
from genjin.leadforms.actions.landing import land
from genjin.leadforms.actions.receiving import Sent, receive
from genjin.leadforms.declared import digest_of, shown
from genjin.leadforms.models import LeadForm, Submission
from genjin.leadforms.queries import outside
from genjin.leadforms.tokens import Sheet
from genjin.merging.models import Merge
from genjin.org.models import Role
from genjin.reminders.channels.push import new_keys
from genjin.surfaces.imports.receiving import upload_file
from genjin.surfaces.imports.work import check_import
from genjin.testing.cast import PARTS, PASSWORD, Cast, make_cast
from genjin.testing.inputs import TAG, filled, mark

OWNERS = ("owner", "stranger", "manager")
READERS = {
    "owner": {"owner", "teammate", "manager", "administrator"},
    "stranger": {"stranger", "administrator"},
    "manager": {"manager", "administrator"},
}
WRITERS = {part: readers - {"teammate"} for part, readers in READERS.items()}  # his place in the team is read-only
# what else is done to each customer, so that reasons, notes and places stand somewhere: (action, more inputs)
PAPERS = "x_papers"
STEPS = ("customers.add_address", "customers.pause", "customers.resume")


@dataclass
class World:
    """The cast and, by part, the ids of what belongs to it: {part: {kind: id}}, kinds being record types and rows."""

    cast: Cast
    ids: dict[str, dict[str, int]] = field(default_factory=dict)
    robot: int = 0
    rule: int = 0
    scheme: int = 0
    duplicate_rule: int = 0
    field: int = 0
    form: int = 0
    form_key: str = ""
    form_channel: int = 0
    submission: int = 0

    def actor(self, part: str) -> Actor:
        """The part as it acts on pages."""
        return self.cast.actor(part)

    @property
    def roles(self) -> list[int]:
        """The ids of the ready-made roles."""
        return list(Role.objects.order_by("id").values_list("id", flat=True))

    def id(self, part: str, kind: str) -> int:
        """The id of what belongs to the part."""
        return self.ids[part][kind]


def make_world(*owners: str) -> World:
    """The cast and the records of these owners (all by default)."""
    world = World(make_cast())
    ACTIONS["options.add"].run(world.actor("administrator"), None, {"list_key": "customer_tag", "label": TAG})
    world.robot = _channels(world.actor("administrator"))
    world.rule = _sharing(world.cast)
    world.scheme = _scheme(world.cast)
    world.duplicate_rule = _duplicate_rule(world.actor("administrator"))
    _files_field(world.actor("administrator"))
    for part in owners or OWNERS:
        add_records(world, part)
    world.field = _own_field(world.actor("administrator"))
    _form(world)
    return world


def _files_field(administrator: Actor) -> None:
    """A file field that the company added to the customers; every customer holds a file in it."""
    given = {"record_type": "customer", "kind": "file", "label": "证照", "key": PAPERS}
    ACTIONS["fields.add"].run(administrator, None, given)


def _own_field(administrator: Actor) -> int:
    """A choice field that the company added to the customers; no record made before has a value of it. Its id."""
    options = [{"key": "a", "label": "甲型"}, {"key": "b", "label": "乙型"}]
    given = {"record_type": "customer", "kind": "choice", "label": "设备型号", "options": options}
    outcome = ACTIONS["fields.add"].run(administrator, None, given)
    assert outcome.row_id is not None
    return outcome.row_id


def _form(world: World) -> None:
    """A public form that framing is allowed for, with a channel and a submission that is held."""
    administrator = world.actor("administrator")
    given: dict[str, Any] = {"name": "Web", "title": "Trial", "consent": "Agreed", "target": "owner", "review": "1"}
    fields = [{"key": "mobile", "label": "Mobile"}, {"key": "need", "label": "Need"}]
    given |= {"owner": administrator.member_id, "fields": fields, "hosts": ["a.example"]}
    made = ACTIONS["leadforms.create"].run(administrator, None, given).row_id
    assert made is not None
    form = LeadForm.objects.get(pk=made)
    ACTIONS["leadforms.open"].run(administrator, made, {})
    channel = ACTIONS["leadforms.add_channel"].run(administrator, None, {"form": made, "name": "Wall", "code": "expo"})
    said, at = digest_of(shown(form, administrator.stamp)), int(timezone.now().timestamp()) - 60
    sheet = Sheet(made, said, channel="expo", at=at)
    receive(outside(), form=made, sent=Sent(sheet, {"mobile": "13900001999", "need": "more"}, agreed=True))
    submission = Submission.objects.get(form=form)
    land(outside(), submission=submission.pk)
    world.form, world.form_key, world.form_channel = made, form.key, channel.row_id or 0
    world.submission = submission.pk


def _channels(administrator: Actor) -> int:
    """Web Push and a group robot, which nothing is sent to; the robot's id."""
    ACTIONS["channels.set_push"].run(administrator, None, {"on": "on"})
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=00000000-0000-0000-0000-000000000000"
    outcome = ACTIONS["channels.add_robot"].run(administrator, None, {"provider": "wecom", "name": "全员", "url": url})
    assert outcome.row_id is not None
    return outcome.row_id


def _duplicate_rule(administrator: Actor) -> int:
    """A rule of the company's own that finds nothing in this world; its id."""
    conditions = [{"field": "name", "how": "exact"}, {"field": "region", "how": "exact"}]
    given = {"record_type": "customer", "name": "同名同地", "alternatives": [conditions], "effects": {"tool": "warn"}}
    outcome = ACTIONS["duplicates.create_rule"].run(administrator, None, given)
    assert outcome.row_id is not None
    return outcome.row_id


def _sharing(cast: Cast) -> int:
    """A rule in force that gives stranger, teammate and nobody what no record of the owner is like; its id."""
    given: dict[str, Any] = {"departments": [cast.owner.department_id], "conditions": {"level.in": ["C"]}}
    given |= {"name": "一组的客户", "record_type": "customer", "to_departments": [cast.stranger.department_id]}
    outcome = ACTIONS["sharing.declare"].run(cast.actor("administrator"), None, given)
    assert outcome.row_id is not None
    return outcome.row_id


def _scheme(cast: Cast) -> int:
    """A scheme in force that offers what no record of the owner is like to the owner; its id."""
    given: dict[str, Any] = {
        "name": "轮流派单",
        "record_type": "customer",
        "mode": "turns",
        "seats": [{"member": cast.owner.pk}],
    }
    given |= {"conditions": {"level.in": ["C"]}, "offer_minutes": 10}
    outcome = ACTIONS["allocation.declare"].run(cast.actor("administrator"), None, given)
    assert outcome.row_id is not None
    return outcome.row_id


def add_records(world: World, part: str) -> None:
    """One record of every type for this part, with all that hangs on it."""
    actor = world.actor(part)
    known = world.ids.setdefault(part, {})
    for record_type in RECORD_TYPES.values():
        known[record_type.key] = run(actor, record_type.grant("create"), part, known)
        known["file"] = attach(actor, record_type.key, known[record_type.key], part)
        known |= held(record_type.key, known[record_type.key])
        known["comment"] = comment(world, part, record_type.key, known[record_type.key])
    for name in STEPS:
        run(actor, name, part, known, row_id=known["customer"])
    if part == "owner":
        for declared in RECORD_TYPES.values():
            invite = ACTIONS.get(declared.grant("add_teammate"))
            if invite is not None and declared.owner_link() is None:
                invite.run(actor, known[declared.key], {"member": str(world.cast.teammate.pk)})
    known["merge"] = _merged(world, part)
    known["handover"] = _handover(world, part)
    known["clash"] = _clash(world, part)
    known |= _own_things(actor, part)
    known |= _pooled(world, part)
    known["message"] = _message(world, part)
    known |= _offered(world, part)
    known["risk"] = _risk(world, part)


def _clash(world: World, part: str) -> int:
    """An open case about two customers of the part, which no rule tells to who does not see both; its id."""
    one, other = sorted((world.id(part, "customer"), Merge.objects.get(pk=world.id(part, "merge")).master))
    clash = Clash(id=new_ids(1)[0], record_type="customer", earlier_id=one, later_id=other, origin=Origin.DECLARED)
    clash.earlier_owner_id = clash.later_owner_id = clash.opened_by_id = getattr(world.cast, part).pk
    clash.told, clash.statement = False, f"{mark(part)} 说明"
    clash.save(force_insert=True)
    return clash.pk


def _handover(world: World, part: str) -> int:
    """A handover of this part, prepared by the administrator; its id."""
    given = {"leaver": getattr(world.cast, part).pk, "kind": "move", "reason": mark(part)}
    outcome = ACTIONS["handovers.prepare"].run(world.actor("administrator"), None, given)
    assert outcome.row_id is not None
    return outcome.row_id


def run(actor: Actor, name: str, part: str, known: dict[str, int], *, row_id: int | None = None) -> int:
    """Run an action with all its inputs filled in; the id it made."""
    action = ACTIONS[name]
    inputs = [f for f in action.inputs(actor) if f.kind not in {"person", "department"} and f.key != "author"]
    raw = filled(inputs, part, actor, known)
    if not action.takes_values and "note" in raw:
        raw["note"] = f"{mark(part)} why"  # said of what was done: no field of a record
    if action.takes_values and action.on is not None:
        kind = action.on.row_type
        raw |= {f.key: [hold(actor, kind, f.key, part)] for f in inputs if f.kind == "files"}
    outcome = action.run(actor, row_id, raw)
    assert outcome.row_id is not None
    return outcome.row_id


def hold(actor: Actor, record_type: str, key: str, part: str) -> int:
    """A text file for a file field, with mark and key in its name and content."""
    name, content = f"{mark(part)} {key}.txt", f"{mark(part)} {key}".encode()
    return hold_upload(actor, record_type, key, SimpleUploadedFile(name, content, content_type="text/plain")).pk


def held(record_type: str, row_id: int) -> dict[str, int]:
    """{"held <type>.<field>": id} of the files in the fields of a record."""
    files = File.objects.filter(record_type=record_type, record_id=row_id).exclude(field="")
    return {f"held {record_type}.{file.field}": file.pk for file in files}


def attach(actor: Actor, record_type: str, row_id: int, part: str) -> int:
    """A text file whose name and content bear the mark."""
    content = f"附件 {mark(part)}".encode()
    upload = SimpleUploadedFile(f"{mark(part)}.txt", content, content_type="text/plain")
    outcome = attach_upload(actor, record_type, row_id, upload)
    assert outcome.row_id is not None
    return outcome.row_id


def comment(world: World, part: str, record_type: str, row_id: int) -> int:
    """What the part says about a record, with its mark; the administrator is mentioned and answers."""
    raw = {"record_type": record_type, "record_id": str(row_id), "words": f"{mark(part)} @管理员 评论"}
    administrator = world.cast.administrator
    made = ACTIONS["comments.write"].run(world.actor(part), None, raw | {"mentions": [administrator.pk]})
    ACTIONS["comments.write"].run(world.actor("administrator"), None, raw | {"words": f"{mark(part)} 回复"})
    assert made.row_id is not None
    return made.row_id


def _merged(world: World, part: str) -> int:
    """Two more customers of the part, which the administrator made one; the merge's id."""
    actor, administrator = world.actor(part), world.actor("administrator")
    create = ACTIONS["customers.create"]
    named = ({"name": f"{mark(part)} {name}", "duplicate_known": "1"} for name in ("留下的客户", "并入的客户"))
    master, other = (create.run(actor, None, raw) for raw in named)
    if part == "owner":
        ACTIONS["customers.add_teammate"].run(actor, master.row_id, {"member": str(world.cast.teammate.pk)})
    raw = {"others": [other.row_id], "reason": f"{mark(part)} 原因"}
    ACTIONS["customers.merge"].run(administrator, master.row_id, raw)
    return Merge.objects.latest("id").pk


def _message(world: World, part: str) -> int:
    """The administrator gives the part a customer, which it is told of; the message's id."""
    administrator, member = world.actor("administrator"), getattr(world.cast, part)
    raw = {"name": f"{mark(part)} 转来的客户", "duplicate_known": "1"}
    made = ACTIONS["customers.create"].run(administrator, None, raw)
    transfer = ACTIONS["customers.transfer"]
    transfer.run(administrator, made.row_id, {"owner": str(member.pk), "reason": f"{mark(part)} 原因"})
    while seal():
        pass
    deliver()
    return Notification.objects.filter(member=member).latest("id").pk


def _offered(world: World, part: str) -> dict[str, int]:
    """An offer of the part's own customer to the part himself, and an allocation of a list that he once started."""
    member, now = getattr(world.cast, part), timezone.now()
    offer = Offer(id=new_ids(1)[0], record_type="customer", record_id=world.id(part, "customer"), member=member)
    offer.scheme_id, offer.held_by, offer.reason = world.scheme, member.pk, f"{mark(part)} 轮流"
    offer.offered_at, offer.expires_at, offer.chain = now, now + timedelta(days=1), offer.id
    offer.save(force_insert=True)
    run = Run.objects.create(record_type="customer", by=member, finished_at=now)
    return {"offer": offer.pk, "run": run.pk}


def _risk(world: World, part: str) -> int:
    """What speaks against the registration of the part's customer; the risk's id."""
    customer = world.id(part, "customer")
    suspect = Suspect("customer", customer, [{"kind": "same", "field": "phone", "others": []}])
    entered = {customer: Entered(timezone.now(), getattr(world.cast, part).pk, "web")}
    flag_registrations(system(FLAG), found={customer: suspect}, entered=entered)
    return Risk.objects.get(record_id=customer).pk


def _pooled(world: World, part: str) -> dict[str, int]:
    """A pool whose only member is the part, with a customer in it that was his; a limit of what he may hold."""
    administrator, member = world.actor("administrator"), getattr(world.cast, part)
    name = f"{mark(part)} 公海"
    given = {"name": name, "record_type": "customer", "members": [str(member.pk)], "cooldown_hours": "0"}
    pool = ACTIONS["pools.create"].run(administrator, None, given)
    raw = {"name": f"{mark(part)} 公海里的客户", "remarks": f"{mark(part)} 备注", "duplicate_known": "1"}
    made = ACTIONS["customers.create"].run(world.actor(part), None, raw)
    reclaim = ACTIONS["customers.reclaim"]
    again = world.actor("administrator")  # who knows the new pool
    reclaim.run(again, made.row_id, {"reason": f"{mark(part)} 收回", "pool": str(pool.row_id)})
    limit = {"name": name, "record_type": "customer", "most": "9999", "members": [str(member.pk)]}
    capacity = ACTIONS["capacities.create"].run(again, None, limit)
    assert pool.row_id
    assert made.row_id
    assert capacity.row_id
    return {"pool": pool.row_id, "pooled": made.row_id, "capacity": capacity.row_id}


def _own_things(actor: Actor, part: str) -> dict[str, int]:
    """A saved view, a checked import, a token, a phrase, a browser for pushes."""
    view = ACTIONS["views.keep"].run(actor, None, {"record_type": "customer", "name": mark(part), "query": ""})
    content = f"客户名称,电话\n{mark(part)} 导入,\n".encode()
    upload = upload_file(actor, filename=f"{mark(part)}.csv", content=BytesIO(content))
    check_import(actor, upload.pk)
    phrase = ACTIONS["phrases.add"].run(actor, None, {"title": mark(part), "words": f"{mark(part)} 话术"})
    token, _text = ACTIONS["tokens.create"](actor, name=mark(part), days="90", current=PASSWORD)
    assert view.row_id is not None
    browser = {"endpoint": f"https://fcm.googleapis.com/fcm/send/{mark(part)}", "public_key": new_keys()[1]}
    device = ACTIONS["devices.add"].run(actor, None, browser | {"secret": "c2VjcmV0c2VjcmV0c2VjcmV0"[:22]})
    assert phrase.row_id is not None
    assert device.row_id is not None
    made = {"view": view.row_id, "phrase": phrase.row_id, "device": device.row_id}
    return made | {"import": upload.pk, "token": token.pk}


__all__ = ["OWNERS", "PARTS", "READERS", "WRITERS", "World", "add_records", "make_world"]
