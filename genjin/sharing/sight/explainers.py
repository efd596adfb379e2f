"""Whom teams, sharing rules and earlier ownership let in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from genjin.kernel.models.rows import Record
from genjin.kernel.records import type_of
from genjin.org.snapshot import Organisation
from genjin.ownership.models import Teammate, TeamRole
from genjin.ownership.queries import places_of
from genjin.ownership.queries.former import former_owners, sight_of_former
from genjin.ownership.settings import READS
from genjin.sharing.known import Known
from genjin.sharing.queries import company_day, giving, standing_rules, which_fit
from genjin.sharing.sight.reasons import Asked, Kind, Reason, register_explainer
from genjin.ui.shell import formats_for


def team(asked: Asked) -> Iterator[Reason]:
    """Places in the team of the record and of what it belongs to; whoever has one under him sees it too."""
    for place in places_of(asked.ids):
        upper = asked.above is not None and place.record_id == asked.above.pk
        yield Reason(
            place.member_id,
            Kind.TEAM,
            _("所属的「%s」的团队成员") % type_of(asked.above).label if upper and asked.above else _("相关团队成员"),
            _place(asked, place),
            writes=place.writes,
        )
        for member_id in superiors(asked.org, place.member_id):
            words = (
                _("下属在所属的「%s」的团队里") % type_of(asked.above).label
                if upper and asked.above
                else _("下属在相关团队里")
            )
            yield Reason(member_id, Kind.TEAM, words, _name(asked.org, place.member_id))


def _place(asked: Asked, place: Teammate) -> str:
    role = str(TeamRole(place.role).label)
    if place.expires_at is None:
        return role
    return _("%(role)s，至 %(day)s") % {"role": role, "day": formats_for(asked.reader).when(place.expires_at)}


def superiors(org: Organisation, member_id: int) -> frozenset[int]:
    """All above a member along the reporting line."""
    found: set[int] = set()
    person = org.people.get(member_id)
    while person and person.superior_id and person.superior_id not in found:
        found.add(person.superior_id)
        person = org.people.get(person.superior_id)
    return frozenset(found - {member_id})


def _name(org: Organisation, member_id: int) -> str:
    person = org.people.get(member_id)
    return person.name if person else ""


def sharing(asked: Asked) -> Iterator[Reason]:
    """Rules that give the record, or what it belongs to (one query for all of them, none without rules)."""
    for row in (asked.record, asked.above):
        for rule in rules_giving(asked, row) if row is not None else ():
            words = _("共享规则「%s」") % rule.name
            if row is not None and row is asked.above:
                words = _("共享规则「%(rule)s」（共享了所属的「%(type)s」）") % {
                    "rule": rule.name, "type": type_of(row).label,
                }  # fmt: skip
            for member_id in asked.org.people:
                if rule.receives(asked.org, member_id):
                    yield Reason(member_id, Kind.SHARING, words, writes=rule.writes)


def rules_giving(asked: Asked, row: Record) -> Sequence[Known]:
    """The rules of today that give this row."""
    rules = giving(standing_rules(asked.reader), row.row_type, False, company_day())
    rules = [rule for rule in rules if row.department_id in rule.shared(asked.org)]
    limited = [rule for rule in rules if rule.conditions]
    fitting = which_fit(row, [rule.fitting for rule in limited]) if limited else ()
    return [rule for rule in rules if not rule.conditions or fitting[limited.index(rule)]]


def former(asked: Asked) -> Iterator[Reason]:
    """Previous owners of the record and of what it belongs to, where the company lets them read on."""
    if sight_of_former(asked.reader.stamp) != READS:
        return
    for period in former_owners(asked.ids, asked.reader.stamp):
        if period.owner_id is None or period.until is None:
            continue
        upper = asked.above is not None and period.record_id == asked.above.pk
        words = _("所属的「%s」的前负责人") % type_of(asked.above).label if upper and asked.above else _("前负责人")
        lost = formats_for(asked.reader).when(period.until)
        yield Reason(period.owner_id, Kind.OTHER, words, _("负责到 %s，只读") % lost)


register_explainer("former", former)
register_explainer("team", team)
register_explainer("sharing", sharing)
