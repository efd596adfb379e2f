"""How plans look in rows: words, tones and what may be done with each. Nothing is written here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice
from genjin.kernel.models.rows import Record
from genjin.kernel.seeing import as_seen
from genjin.plans.models import Plan
from genjin.plans.record import PLAN
from genjin.plans.rules import LATER, is_open, is_overdue
from genjin.plans.subjects import main_of, titles_of_mains
from genjin.ui.addresses import record_url
from genjin.ui.formats import Formats


@dataclass(frozen=True)
class PlanLine:
    """A plan as a row shows it. `open`: something is left to do; `writes`: whoever looks may do it; `who`: the
    assignee, '' when it is the one who looks; `call`: where a follow-up is written out of it."""

    id: int
    url: str
    content: str
    when: str
    exact: str
    tone: str
    overdue: bool
    open: bool
    state: str
    customer: str
    customer_url: str
    who: str
    notes: tuple[str, ...]
    writes: bool
    call: str


def drawn(
    actor: Actor,
    fmt: Formats,
    plans: Iterable[Plan],
    *,
    writes: bool | None = None,
    of: Record | None = None,
    named: bool = True,
) -> list[PlanLine]:
    """Rows of plans the actor sees, with the names of customers and leads he may see: a query each, none when all are
    `of` the record at hand or they need not be `named`. `writes`: whether he may change them all; by default his own
    and what lies in his scope."""
    rows = [as_seen(actor, plan) for plan in plans]
    names = titles_of_mains(actor, rows) if named and of is None else {}
    scope = actor.grants.get(PLAN.grant("edit"))

    def may_write(plan: Plan) -> bool:
        if scope is None:
            return False
        mine = plan.assignee_id == actor.member_id or scope.holds(plan.owner_id, plan.department_id)
        return mine if writes is None else writes or mine

    return [_line(actor, fmt, plan, names, writes=may_write(plan)) for plan in rows]


def later_choices() -> list[tuple[str, str]]:
    """The quick choices of postponing: (words, what its button sends)."""
    return [(str(words), _SENT[key]) for key, words in LATER.items()]


_SENT = {key: json.dumps({"choice": key, "drawn": "choice"}) for key in LATER}


def _line(actor: Actor, fmt: Formats, plan: Plan, names: dict[int, str], *, writes: bool) -> PlanLine:
    live = is_open(plan.state)
    due = fmt.due(plan.starts_at) if live else None
    own = plan.assignee_id == actor.member_id
    main = main_of(plan)
    key, main_id = (main[0].key, main[1]) if main else ("", 0)
    title = names.get(main_id, "")
    url = record_url(PLAN, plan.pk)
    return PlanLine(
        id=plan.pk,
        url=url,
        content=plan.content,
        when=due.text if due else fmt.when(plan.closed_at or plan.starts_at),
        exact=fmt.moment(plan.starts_at),
        tone=due.tone if due else "",
        overdue=is_overdue(plan.due_at, fmt.now, fmt.zone),
        open=live,
        state=PLAN.keys["state"].text(plan.state, actor),
        customer=title,
        customer_url=record_url(key, main_id) if title else "",
        who="" if own else people.directory().member_name(plan.assignee_id, actor.stamp),
        notes=tuple(_notes(actor, plan)),
        writes=writes,
        call=f"/followups/new?plan={plan.pk}&{key}={main_id}" if main else "",
    )


def _notes(actor: Actor, plan: Plan) -> Iterable[str]:
    method, rhythm = PLAN.keys["method"], PLAN.keys["rhythm"]
    assert isinstance(method, Choice)
    if plan.kind:
        yield PLAN.keys["kind"].text(plan.kind, actor)
    if plan.method:
        yield method.text(plan.method, actor)
    if plan.minutes:
        yield _("%d 分钟") % plan.minutes
    if plan.rhythm:
        yield rhythm.text(plan.rhythm, actor)
    if plan.postponed:
        yield _("已改期 %d 次") % plan.postponed
    if plan.support_department_id:
        department = people.directory().department_name(plan.support_department_id, actor.stamp)
        yield (_("%s 已协助") if plan.support_at else _("等 %s 协助")) % department
