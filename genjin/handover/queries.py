"""Reads of handovers: who may see which, what a leaver has, what an arrangement comes to, what became of each thing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from django.db import connection
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from psycopg import sql

from genjin.handover.arrangement import Arrangement, Share
from genjin.handover.grants import MANAGE
from genjin.handover.models import Handover, Item
from genjin.handover.receivers import member_of, name_of, read
from genjin.handover.rules import AT_WORK, Kind, State, shares
from genjin.kernel.actor import Actor, Scope
from genjin.kernel.handing import PARTS, Part, parts
from genjin.kernel.lists import read_query
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.titles import titles_of
from genjin.org.models import Member
from genjin.org.queries import organisation
from genjin.org.snapshot import Organisation, Person
from genjin.ownership.capacity import held_by, limited_pools, rooms_of

CAP = 100_000
LOAD_CAP = 10_000
RESTING = (JobProgress.State.FAILED, JobProgress.State.CANCELLED)
_LOADS = """
SELECT asked.id, (SELECT count(*) FROM (
  SELECT 1 FROM {table} WHERE owner_id = asked.id AND life = 0 LIMIT %s) AS held)
  FROM unnest(%s::bigint[]) AS asked (id)
"""


def leaver_for(actor: Actor, member_id: int) -> Person:
    """The member whom the actor may hand over. Raises Forbidden without the grant, NotFound outside his scope,
    Refused("self"), Refused("superior"), Refused("outranked")."""
    scope = actor.demand(MANAGE)
    person = organisation(actor).people.get(member_id)
    if person is None or not scope.holds(person.id, person.department_id):
        raise NotFound
    if person.id == actor.member_id:
        raise Refused("self", _("不能办理自己的交接，请让上级或管理员操作"), "leaver")
    if not actor.administrator and actor.member_id in organisation(actor).below(person.id):
        raise Refused("superior", _("不能办理自己上级的交接，请联系管理员"), "leaver")
    if person.administrator and not actor.administrator:
        raise Refused("outranked", _("「%s」是管理员，只有管理员可以办理他的交接") % person.name, "leaver")
    return person


def handover_for(actor: Actor, handover_id: int, *, lock: bool = False) -> Handover:
    """A handover of somebody in the actor's scope. Raises Forbidden, NotFound."""
    scope = actor.demand(MANAGE)
    rows = Handover.objects.filter(pk=handover_id)
    row = (rows.select_for_update(of=("self",)) if lock else rows).first()
    person = organisation(actor).people.get(row.leaver_id) if row else None
    if row is None or person is None or not scope.holds(person.id, person.department_id):
        raise NotFound
    if person.id == actor.member_id:
        raise NotFound  # who leaves neither sees that he is watched nor calls it off
    return row


def handovers(actor: Actor, *, before: int | None = None, most: int = 30) -> tuple[list[Handover], int | None]:
    """(handovers of people in the actor's scope newest first, the id to go on before)."""
    rows = Handover.objects.filter(leaver_id__in=_within(actor, actor.demand(MANAGE))).order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: most + 1])
    return found[:most], found[most - 1].pk if len(found) > most else None


def open_of(member_id: int) -> Handover | None:
    """The handover of a member that is prepared or under way."""
    return Handover.objects.filter(leaver_id=member_id, state__in=(State.DRAFT, *AT_WORK)).first()


def in_notice(today: date) -> list[tuple[int, date]]:
    """[(member, last day)] of those who are known to leave and have not left yet, as of a day."""
    rows = Handover.objects.filter(kind=Kind.RESIGNATION, state=State.DRAFT, notice_on__lte=today)
    return list(rows.filter(leaver__is_active=True).values_list("leaver_id", "leaves_on"))


def overdue(today: date) -> list[Handover]:
    """Handovers that are still prepared though the last day is over."""
    return list(Handover.objects.filter(state=State.DRAFT, leaves_on__lt=today).order_by("pk"))


def unfinished_releases() -> list[Handover]:
    """Handovers of the system that an earlier night did not finish."""
    return list(Handover.objects.filter(made_by=None, state=State.RUNNING).order_by("pk"))


@dataclass(frozen=True)
class Left:
    """Somebody who has left and still has records."""

    member_id: int
    name: str
    department_id: int | None
    held: int


def left_behind(actor: Actor, scope: Scope) -> list[Left]:
    """Members of a scope who have left with records that nobody took over. A query per record type."""
    people = organisation(actor).people.values()
    gone = [p for p in people if not p.active and (scope.everything or scope.holds(p.id, p.department_id))]
    held: Counter[int] = Counter()
    for record_type in moving_types():
        held.update(loads(record_type, [p.id for p in gone]))
    return [Left(p.id, p.name, p.department_id, held[p.id]) for p in gone if held[p.id]]


def left_for(members: Collection[int], days: int, now: datetime) -> dict[int, int]:
    """{who of these left so many days ago or earlier: how many}."""
    rows = Member.objects.filter(pk__in=list(members), left_at__lte=now - timedelta(days=days))
    return {member: (now - left).days for member, left in rows.values_list("pk", "left_at") if left}


def in_charge(org: Organisation, leaver: int) -> list[int]:
    """Active members who may hand over what this one has."""
    person = org.people[leaver]
    found = []
    for each in org.people.values():
        scope = org.grants(each.id).get(MANAGE) if each.active and each.id != leaver else None
        if scope is not None and scope.holds(person.id, person.department_id):
            found.append(each.id)
    return found


def moving_types() -> list[RecordType]:
    """The record types with owners of their own: what belongs to their records follows them."""
    return [t for t in RECORD_TYPES.values() if t.owner_link() is None]


def record_rows(record_type: RecordType, member_id: int) -> QuerySet[Any, Any]:
    """A member's records of a type; what is voided stays where it is."""
    return record_type.model._default_manager.filter(owner_id=member_id).exclude(life=Life.VOIDED).order_by("pk")


def keys_of(row: Handover) -> list[str]:
    """The record types and parts of a handover, in the order in which they change hands."""
    return [t.key for t in moving_types()] + [p.key for p in parts(leaving=row.kind == Kind.RESIGNATION)]


def label_of(key: str) -> str:
    """What a type or part is called where several are meant."""
    return str(RECORD_TYPES[key].many if key in RECORD_TYPES else PARTS[key].label if key in PARTS else key)


def conditions(actor: Actor, share: Share) -> Q:
    """A share's filters. Whose the records are does not count among them: they are the leaver's. Raises Refused for
    filters that the actor may not use, and for a text."""
    given = parse_qs(share.query, keep_blank_values=True, max_num_fields=50)
    kept = {name: values for name, values in given.items() if "." in name and not name.startswith("owner.")}
    if given.get("q", [""])[-1].strip():
        raise Refused("text", _("按条件分配时不能用搜索词，请改用筛选条件"), "query")
    if not kept:
        raise Refused("no_condition", _("请至少选一个条件"), "query")
    query = read_query(actor, RECORD_TYPES[share.part], kept)
    total = Q()
    for condition in query.conditions:
        total &= condition.q(actor)
    return total


def shared(actor: Actor, arrangement: Arrangement, record_type: RecordType, member_id: int) -> QuerySet[Any, Any]:
    """A member's records with `share`: the place of the first share that they fit; the number of shares for none."""
    given = arrangement.shares_of(record_type.key)
    cases = [When(conditions(actor, share), then=Value(place)) for place, share in enumerate(given)]
    case = Case(*cases, default=Value(len(given)), output_field=IntegerField())
    rows: QuerySet[Any, Any] = record_rows(record_type, member_id).annotate(share=case)
    return rows


@dataclass(frozen=True)
class Line:
    """What one part of the preview comes to: [(receiver '' for nobody, name, how many)]."""

    key: str
    label: str
    share: str
    count: int
    receivers: tuple[tuple[str, str, int], ...]
    ends: bool = False
    along: bool = False


@dataclass(frozen=True)
class Load:
    """What one receiver has of a record type (or of what came out of one pool) and will have; `free`: so many of what
    he gets do not count."""

    to: str
    name: str
    label: str
    has: int
    gets: int
    room: int | None = None
    free: int = 0

    @property
    def over(self) -> int:
        """By how many it would be too much (B4 P3)."""
        return max(0, self.gets - self.free - self.room) if self.room is not None else 0


@dataclass(frozen=True)
class Preview:
    """What an arrangement comes to now."""

    lines: list[Line]
    loads: list[Load]

    @property
    def total(self) -> int:
        """How many things there are."""
        return sum(line.count for line in self.lines)

    @property
    def moving(self) -> int:
        """How many of them somebody gets, or end."""
        return sum(n for line in self.lines for to, _name, n in line.receivers if to or line.ends)


def preview(actor: Actor, row: Handover) -> Preview:
    """What a handover comes to as things stand now: a query per type and part, one per type for what receivers have,
    two more where pools limit that. Counts end at CAP. What goes along with a record is told as such: its receivers
    are known when it is done."""
    arrangement = Arrangement.from_json(row.arrangement)
    lines: list[Line] = []
    for record_type in moving_types():
        lines += _record_lines(actor, arrangement, record_type, row.leaver_id)
    for part in parts(leaving=row.kind == Kind.RESIGNATION):
        lines += _part_lines(actor, arrangement, part, row.leaver_id)
    out_of = {t.key: _out_of_pools(actor, arrangement, t, row.leaver_id) for t in moving_types()}
    return Preview(lines, list(_loads(actor, lines, out_of)))


def _record_lines(actor: Actor, arrangement: Arrangement, record_type: RecordType, leaver: int) -> Iterator[Line]:
    rows = shared(actor, arrangement, record_type, leaver)
    few = record_type.model._default_manager.filter(pk__in=rows.values("pk")[: CAP + 1])
    counted = shared(actor, arrangement, record_type, leaver).filter(pk__in=few.values("pk")).order_by()
    counts = dict(counted.values_list("share").annotate(n=Count("pk")))
    given = arrangement.shares_of(record_type.key)
    for place, share in enumerate(given):
        yield _line(actor, record_type.key, share.label or share.query, counts.get(place, 0), share.to)
    rest = counts.get(len(given), 0)
    if rest or not given:
        yield _line(actor, record_type.key, _("其余") if given else "", rest, arrangement.of(record_type.key))


def _part_lines(actor: Actor, arrangement: Arrangement, part: Part, leaver: int) -> Iterator[Line]:
    count = part.rows(leaver).order_by()[: CAP + 1].count()
    if part.ends:
        yield Line(part.key, str(part.label), "", count, (("", "", count),), ends=True)
    elif count:
        along = bool(part.along()) and arrangement.along
        members = [to for to in arrangement.of(part.key) if member_of(to)]
        line = _line(actor, part.key, "", count, members)
        yield Line(line.key, line.label, "", count, line.receivers, along=along)


def _line(actor: Actor, key: str, share: str, count: int, to: Sequence[str]) -> Line:
    each = shares(count, len(to)) if to else [count]
    receivers = zip(to or ("",), each, strict=True)
    return Line(key, label_of(key), share, count, tuple((r, name_of(actor, r), n) for r, n in receivers))


def _out_of_pools(
    actor: Actor, arrangement: Arrangement, record_type: RecordType, leaver: int
) -> Counter[tuple[int, str]]:
    """{(pool, receiver): how many} of what came out of pools that limit how many one may hold (B4 P3)."""
    found: Counter[tuple[int, str]] = Counter()
    pools = [pool.pk for pool in limited_pools(actor.stamp, record_type.key, apart=True)]
    if not pools:
        return found
    given = arrangement.shares_of(record_type.key)
    rows = shared(actor, arrangement, record_type, leaver).filter(taken_from__in=pools).order_by()
    for pool, place, count in rows.values_list("taken_from_id", "share").annotate(n=Count("pk")):
        to = given[place].to if place < len(given) else arrangement.of(record_type.key)
        for receiver, part in zip(to, shares(count, len(to)) if to else (), strict=True):
            found[pool, receiver] += part
    return found


def _loads(actor: Actor, lines: Sequence[Line], out_of: Mapping[str, Counter[tuple[int, str]]]) -> Iterator[Load]:
    gets: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        for to, _name, count in line.receivers:
            if to and count and line.key in RECORD_TYPES:
                gets[line.key][to] += count
    for key, wanted in gets.items():
        record_type = RECORD_TYPES[key]
        members = {to: read(to)[1] for to in wanted if read(to)[0].key == "member"}
        has = loads(record_type, list(members.values()))
        rooms = rooms_of(actor, record_type, list(members.values()))
        for to, count in wanted.items():
            member, free = members.get(to, 0), sum(out_of[key][pool, to] for pool in rooms.apart)
            yield Load(to, name_of(actor, to), label_of(key), has.get(member, 0), count, rooms.all.get(member), free)
        yield from _pool_loads(actor, record_type, out_of[key], members, rooms.of)


def _pool_loads(
    actor: Actor,
    record_type: RecordType,
    gets: Counter[tuple[int, str]],
    members: Mapping[str, int],
    rooms: Mapping[int, Mapping[int, int]],
) -> Iterator[Load]:
    """The same of what came out of each pool that limits how many of its records one may hold."""
    pools = {pool.pk: pool for pool in limited_pools(actor.stamp, record_type.key)}
    wanted = {(pool, to): n for (pool, to), n in gets.items() if pool in pools and to in members}
    held = held_by(record_type, list(members.values())) if wanted else {}
    for (pool, to), count in wanted.items():
        member = members[to]
        label = _("%(what)s（来自%(pool)s）") % {"what": record_type.many, "pool": pools[pool].name}
        has, _undealt = held[member].of.get(pool, (0, 0))
        yield Load(to, name_of(actor, to), label, has, count, rooms[pool].get(member))


def loads(record_type: RecordType, members: Collection[int]) -> dict[int, int]:
    """{member: how many live records of a type he has, counted to LOAD_CAP + 1}. One query."""
    if not members:
        return {}
    statement = sql.SQL(_LOADS).format(table=sql.Identifier(record_type.model._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(statement, [LOAD_CAP + 1, list(members)])
        return {int(member): int(count) for member, count in cursor.fetchall()}


def items(row: Handover, *, standing: int | None = None, part: str = "", after: int = 0, most: int = 50) -> list[Item]:
    """The things of a handover in order, behind an id."""
    rows = Item.objects.filter(handover_id=row.pk, pk__gt=after)
    rows = rows.filter(state=standing) if standing is not None else rows
    return list((rows.filter(part=part) if part else rows).order_by("pk")[:most])


def tallies(row: Handover) -> dict[str, dict[tuple[str, int], int]]:
    """{part: {(receiver, standing): how many}}. One query."""
    found: dict[str, dict[tuple[str, int], int]] = {}
    rows = Item.objects.filter(handover_id=row.pk).values_list("part", "to", "state").order_by("part", "to", "state")
    for part, to, state, count in rows.annotate(n=Count("pk")):
        found.setdefault(part, {})[to, state] = count
    return found


def titles(actor: Actor, found: Sequence[Item]) -> Mapping[tuple[str, int], str]:
    """{(part, row): what it is called}, as far as the actor may see it. A query per part."""
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for item in found:
        wanted[item.part].append(item.row_id)
    told: dict[tuple[str, int], str] = {}
    for key, ids in wanted.items():
        named = (
            titles_of(actor, key, ids) if key in RECORD_TYPES else PARTS[key].titles(actor, ids) if key in PARTS else {}
        )
        told.update({(key, row_id): title for row_id, title in named.items()})
    return told


@dataclass(frozen=True)
class Progress:
    """How far a handover is, and whether nobody works on it any more."""

    done: int
    total: int
    stopped: bool
    error: str = ""

    @property
    def percent(self) -> int:
        """In whole percent."""
        return self.done * 100 // self.total if self.total else 0


def progress(row: Handover) -> Progress:
    """How far it is. It is stopped when its job ended, or was never begun, before the work was done."""
    job = JobProgress.objects.filter(pk=row.job_id).first() if row.job_id else None
    stopped = row.state in AT_WORK and (job is None or job.finished_at is not None)
    return Progress(row.done, row.total, stopped, job.error if job and job.state in RESTING else "")


def _within(actor: Actor, scope: Scope) -> list[int]:
    people = organisation(actor).people.values()
    inside = [p.id for p in people if scope.everything or scope.holds(p.id, p.department_id)]
    return [member for member in inside if member != actor.member_id]
