"""A sharing rule in words, for its line in the settings and on a member's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.wording import listed
from genjin.org.queries import organisation
from genjin.sharing.conditions import words
from genjin.sharing.known import Known
from genjin.sharing.queries import company_day
from genjin.sharing.rules import SharingState, is_over


@dataclass(frozen=True)
class Line:
    """A rule as it is drawn."""

    id: int
    name: str
    icon: str
    what: str
    conditions: list[str]
    to_whom: str
    writes: bool
    until: date | None
    state: str
    over: bool
    broken: bool

    @property
    def gives(self) -> bool:
        """Whether it gives anything today."""
        return self.state == SharingState.ON and not self.over and not self.broken


def line(actor: Actor, rule: Known) -> Line:
    """The rule in the actor's language."""
    declared = RECORD_TYPES.get(rule.record_type)
    org = organisation(actor)
    below = _("（含下级部门）") if rule.below else ""
    what = _("%(departments)s%(below)s的%(type)s") % {
        "departments": _names(org.departments, rule.departments),
        "below": below,
        "type": declared.many if declared else rule.record_type,
    }
    return Line(
        id=rule.id,
        name=rule.name,
        icon=declared.icon if declared else "file-text",
        what=what,
        conditions=words(actor, rule.conditions or ()),
        to_whom=to_whom(actor, rule),
        writes=rule.writes,
        until=rule.until,
        state=rule.state,
        over=is_over(rule.until, company_day()),
        broken=rule.conditions is None,
    )


def to_whom(actor: Actor, rule: Known) -> str:
    """Departments, roles, members by name."""
    org = organisation(actor)
    parts: list[tuple[str, Mapping[int, Any], Iterable[int]]] = [
        (_("部门%s"), org.departments, rule.to_departments),
        (_("角色%s"), org.roles, sorted(rule.to_roles)),
        (_("成员%s"), org.people, sorted(rule.to_members)),
    ]
    return listed(template % _names(known, ids) for template, known, ids in parts if ids)


def _names(known: Mapping[int, Any], ids: Iterable[int]) -> str:
    return listed(_("「%s」") % known[i].name if i in known else _("（已删除）") for i in ids)
