"""What the pages of a handover that is being prepared are drawn from."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from genjin.handover.actions.preparing import prepare_handover
from genjin.handover.arrangement import Arrangement
from genjin.handover.models import Handover
from genjin.handover.pools import pools_for
from genjin.handover.queries import CAP, Preview, keys_of, label_of, moving_types, preview
from genjin.handover.receivers import member_of, name_of, read
from genjin.handover.rules import Kind, State, Stays, Teams
from genjin.handover.watching import today
from genjin.handover.web.narrowing import share_forms, share_words
from genjin.handover.words import names_of
from genjin.kernel.actor import Actor
from genjin.kernel.handing import PARTS
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.org.queries import organisation
from genjin.ui.forms.controls import choices_url
from genjin.ui.pages import PageRequest

STEPS = {
    "who": gettext_lazy("交接人"),
    "receivers": gettext_lazy("接收人"),
    "options": gettext_lazy("选项"),
    "preview": gettext_lazy("预览"),
    "done": pgettext_lazy("step of a handover", "结果"),
}


def people_source() -> str:
    """Where the fields for people ask for members."""
    return choices_url(prepare_handover.name, prepare_handover.own_inputs[0])


def head_of(actor: Actor, row: Handover) -> dict[str, Any]:
    """The head of every page of a handover."""
    person = organisation(actor).people[row.leaver_id]
    department = organisation(actor).departments.get(person.department_id or 0)
    return {
        "id": row.pk,
        "name": person.name,
        "department": department.name if department else "",
        "kind": str(Kind(row.kind).label),
        "state": str(State(row.state).label),
        "leaving": row.kind == Kind.RESIGNATION,
        "active": person.active,
        "steps": list(STEPS.values()),
    }


def step_of(request: PageRequest, row: Handover, refusal: Refused | None = None) -> tuple[str, dict[str, Any]]:
    """(template, what it needs) of the step that is asked for, else of the first that is not answered."""
    arrangement = Arrangement.from_json(row.arrangement)
    wanted = request.GET.get("step", "") or request.POST.get("step", "")
    if wanted not in ("who", "receivers", "options", "preview"):
        wanted = "preview" if arrangement.receivers else "receivers"
    make = {"who": _who, "receivers": _receivers, "options": _options, "preview": _preview}[wanted]
    given = request.POST if refusal else QueryDict()
    context = make(request, row, arrangement, given)
    number = list(STEPS).index(wanted)
    return f"handover/{wanted}.html", {"number": number, "step": wanted, "given": given, **context}


def who_page(actor: Actor, leaver_id: int | None, row: Handover | None = None) -> dict[str, Any]:
    """The first step: of a new handover, or of one that is there."""
    person = organisation(actor).people.get(leaver_id or 0)
    return {
        "leaver": person,
        "source": people_source(),
        "kinds": [(kind.value, str(kind.label)) for kind in Kind],
        "kind": row.kind if row else Kind.RESIGNATION,
        "notice_on": row.notice_on if row else today(),
        "leaves_on": row.leaves_on if row else today(),
        "reason": row.reason if row else "",
        "steps": list(STEPS.values()),
    }


def _who(request: PageRequest, row: Handover, _arrangement: Arrangement, _given: QueryDict) -> dict[str, Any]:
    return who_page(request.actor, row.leaver_id, row)


def _receivers(request: PageRequest, row: Handover, arrangement: Arrangement, given: QueryDict) -> dict[str, Any]:
    """The step as it is kept, or as it was filled in when that was refused."""
    actor = request.actor
    filled = {name: str(value) for name, value in given.dict().items()}
    forms = [
        form | {"to": _sent(actor, given, form["names"]["to"])} for form in share_forms(actor, moving_types(), filled)
    ]
    counts = preview(actor, row)
    parts = []
    for key in keys_of(row):
        count = sum(line.count for line in counts.lines if line.key == key)
        if (key in PARTS and PARTS[key].ends) or not count:
            continue
        named = arrangement.parts.get(key)
        parts.append(
            {
                "key": key,
                "label": label_of(key),
                "count": count,
                "none": bool(given.get(f"none_{key}")) if given else named == (),
                "chosen": _sent(actor, given, f"to_{key}") if given else _chosen(actor, named or ()),
                "pools": _pools(actor, key),
                "pool": given.get(f"pool_{key}", next((read(to)[1] for to in named or () if not member_of(to)), "")),
                "along": key in PARTS and bool(PARTS[key].along()),
            }
        )
    shares = [
        {"words": share_words(actor, share), "type": label_of(share.part), "to": names_of(actor, share.to)}
        for share in arrangement.shares
    ]
    return {
        "source": people_source(),
        "everything": _sent(actor, given, "everything") if given else _chosen(actor, arrangement.everything),
        "parts": parts,
        "shares": shares,
        "forms": forms,
        "total": counts.total,
    }


def _pools(actor: Actor, key: str) -> list[tuple[int, str]]:
    return [(pool.pk, pool.name) for pool in pools_for(actor, RECORD_TYPES[key])] if key in RECORD_TYPES else []


def _chosen(actor: Actor, receivers: tuple[str, ...]) -> list[tuple[int, str]]:
    return [(member_of(to) or 0, name_of(actor, to)) for to in receivers if member_of(to)]


def _sent(actor: Actor, given: QueryDict, name: str) -> list[tuple[int, str]]:
    """The people that a field named, as far as there are such."""
    known = organisation(actor).people
    ids = [int(text) for text in given.getlist(name) if text.isascii() and text.isdecimal() and len(text) < 19]
    return [(member_id, known[member_id].name) for member_id in ids if member_id in known]


def _options(_request: PageRequest, row: Handover, arrangement: Arrangement, given: QueryDict) -> dict[str, Any]:
    kept = {
        "stays": arrangement.stays,
        "stays_until": arrangement.stays_until or "",
        "teams": arrangement.teams,
        "along": arrangement.along,
    }
    return {
        "filled": {key: given.get(key, "") if given else value for key, value in kept.items()},
        "stays": [(each.value, str(each.label)) for each in Stays],
        "teams": [(each.value, str(each.label)) for each in Teams],
        "notice": given.get("notice", row.notice),
    }


def _preview(request: PageRequest, row: Handover, arrangement: Arrangement, _given: QueryDict) -> dict[str, Any]:
    seen = preview(request.actor, row)
    return {
        "seen": seen,
        "cap": CAP,
        "over": [load for load in seen.loads if load.over],
        "staying": _staying(seen),
        "told": _told(row, arrangement),
    }


def _staying(seen: Preview) -> int:
    return sum(n for line in seen.lines if not line.ends for to, _name, n in line.receivers if not to)


def _told(row: Handover, arrangement: Arrangement) -> list[str]:
    """What will happen besides, in words."""
    told = []
    if row.kind == Kind.RESIGNATION:
        told.append(_("开始后立即停用他的账号：所有登录、令牌、重设码和日历订阅马上失效"))
    if arrangement.stays is not Stays.NO:
        until = _("，到 %s 为止") % arrangement.stays_until if arrangement.stays_until else ""
        told.append(_("原负责人留在团队里：%s") % Stays(arrangement.stays).label + until)
    if arrangement.teams is Teams.ALL:
        told.append(_("移交的记录，原来的团队成员全部移除"))
    if arrangement.along:
        told.append(_("客户的未完成计划跟着客户走，交给客户的接收人"))
    told.append(_("联系人、跟进记录等从属记录跟着所属客户走；历史跟进的作者与日期、已结束的计划和业绩保持不变"))
    return told
