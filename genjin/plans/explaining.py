"""Why somebody beyond the scopes sees or may change a plan, for the page that tells: as the branches in `queries`."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from genjin.org.snapshot import Organisation
from genjin.plans.models import Plan
from genjin.sharing.sight.reasons import Asked, Kind, Reason, register_explainer


def support(asked: Asked) -> Iterator[Reason]:
    """The department that was asked to help, with all below it."""
    plan = asked.record
    if not isinstance(plan, Plan) or not plan.support_department_id:
        return
    words = _("请求支持的部门「%s」") % _name(asked.org, plan.support_department_id)
    below = asked.org.subtree(plan.support_department_id)
    for member_id in asked.org.people:
        if not below.isdisjoint(asked.org.own_departments(member_id)):
            yield Reason(member_id, Kind.OTHER, words)


def assignee(asked: Asked) -> Iterator[Reason]:
    """Who carries the plan out may change it, if he sees it."""
    plan = asked.record
    if isinstance(plan, Plan) and plan.assignee_id:
        yield Reason(plan.assignee_id, Kind.OTHER, _("执行人"), sees=False, writes=True)


def _name(org: Organisation, department_id: int) -> str:
    node = org.departments.get(department_id)
    return node.name if node else ""


register_explainer("plan_support", support)
register_explainer("plan_assignee", assignee)
