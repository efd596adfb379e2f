"""What a rule would do, before it is kept: how many records, for whom. Capped, never a full count."""

from __future__ import annotations

from dataclasses import dataclass

from genjin.kernel.actor import Actor
from genjin.kernel.lists import CAP, ListQuery, count_capped
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.org.queries import organisation
from genjin.org.snapshot import Person
from genjin.sharing.known import Known

NAMED = 8


@dataclass(frozen=True)
class Preview:
    """Records that the actor himself may see (CAP + 1: more), whom they are given, who receives them in vain because no
    role lets him see the type."""

    record_type: RecordType
    records: int
    people: list[Person]
    idle: list[Person]

    @property
    def capped(self) -> bool:
        """Whether there are more records than are counted."""
        return self.records > CAP


def preview(actor: Actor, rule: Known) -> Preview:
    """What the rule would do. Raises Forbidden without the grant to see the type."""
    declared, org = RECORD_TYPES[rule.record_type], organisation(actor)
    query = ListQuery(declared, only=rule.part(org).q())
    received = [p for p in org.people.values() if p.active and rule.receives(org, p.id)]
    received.sort(key=lambda person: person.pinyin)
    able = {p.id for p in received if p.administrator or _holds(actor, p.id, declared.grant("see"))}
    return Preview(
        declared,
        count_capped(actor, query),
        [person for person in received if person.id in able],
        [person for person in received if person.id not in able],
    )


def _holds(actor: Actor, member_id: int, grant: str) -> bool:
    """Whether one of the member's roles gives the grant."""
    org = organisation(actor)
    return any(grant in org.roles[role_id].grants for role_id in org.roles_of.get(member_id, ()))
