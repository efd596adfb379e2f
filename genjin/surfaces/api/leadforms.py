"""Public forms over the JSON door (B20): what each says, its channels, how it does; submissions with their evidence.
Setting up, release and discard are the area's own actions. What was typed is never told here: it is the lead's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.refusal import NotFound
from genjin.kernel.titles import titles_of
from genjin.leadforms.grants import SEE
from genjin.leadforms.linking import link_of, snippet_of
from genjin.leadforms.models import FormChannel, Submission
from genjin.leadforms.queries import (
    PER_PAGE,
    Counted,
    channels_of,
    counted,
    form_for,
    forms_of,
    refusals_of,
    submission_for,
    submissions_of,
)
from genjin.leadforms.rules import State
from genjin.leads.record import LEAD
from genjin.surfaces.api.bodies import LARGEST_ID, parameters, read_size
from genjin.surfaces.api.door import ApiRequest, endpoint
from genjin.surfaces.api.problems import Problem, answer
from genjin.surfaces.api.records import BASE

Operation = Callable[..., dict[str, Any]]


@endpoint("GET")
def forms(request: ApiRequest) -> HttpResponse:
    """All forms, newest first, with how many submissions stand where."""
    parameters(request, ())
    return answer({"items": [_form(each) for each in forms_of(request.actor)]})


@endpoint("GET")
def form(request: ApiRequest, form_id: int) -> HttpResponse:
    """One form: all it says, its links, its channels, what it turned away lately."""
    parameters(request, ())
    row = form_for(request.actor, _known(form_id))
    channels = [_channel(each, came, link_of(row, each)) for each, came in channels_of(row)]
    refused = [
        {"day": each.day.isoformat(), "reason": each.reason, "network": each.network, "count": each.count}
        for each in refusals_of(request.actor, row)
    ]
    said = {name: getattr(row, name) for name in ("intro", "fields", "consent", "thanks", "thanks_link", "hosts")}
    return answer(
        {**_form(counted([row])[0]), **said, "embed": snippet_of(row), "channels": channels, "refused": refused}
    )


@endpoint("GET")
def submissions(request: ApiRequest, form_id: int) -> HttpResponse:
    """One page, newest first. `state` (received, accepted, held, discarded), `before`, `size`."""
    given = parameters(request, ("state", "before", "size"))
    row = form_for(request.actor, _known(form_id))
    state, before = given.get("state", [""])[0], given.get("before", [""])[0]
    sound = before.isascii() and before.isdecimal() and len(before) < 19
    if state not in {"", *State.values} or (before and not sound):
        raise Problem(400, "bad_parameter", _("参数的值不认识"))
    until, size = int(before) if before else None, read_size(given, PER_PAGE, 200)
    found, following = submissions_of(request.actor, row, state=state, before=until, most=size)
    return answer({"items": _submissions(request.actor, found), "next": following})


@endpoint("GET")
def submission(request: ApiRequest, form_id: int, submission_id: int) -> HttpResponse:
    """One with its evidence: the edition that was shown and agreed to."""
    parameters(request, ())
    row = submission_for(request.actor, _known(submission_id))
    if row.form_id != form_id:
        raise NotFound
    edition = {"number": row.edition.number, "digest": row.edition.digest, "shown": row.edition.shown}
    return answer({**_submissions(request.actor, [row])[0], "edition": edition, "filled_in": row.given})


def form_paths(actor: Actor, operation: Operation, query: Operation, row: dict[str, Any]) -> dict[str, Any]:
    """What the description says of them, to whom they are open."""
    if not actor.may(SEE):
        return {}
    base, label = f"{BASE}/lead-forms", _("公开表单")
    one, paged = row | {"name": "form_id"}, [query(name) for name in ("state", "before", "size")]
    listed = operation("leadforms.submissions", label) | {"parameters": paged}
    return {
        base: {"get": operation("leadforms.list", label)},
        f"{base}/{{form_id}}": {"parameters": [one], "get": operation("leadforms.get", label)},
        f"{base}/{{form_id}}/submissions": {"parameters": [one], "get": listed},
        f"{base}/{{form_id}}/submissions/{{id}}": {
            "parameters": [one, row],
            "get": operation("leadforms.submission", label),
        },
    }


def _known(row_id: int) -> int:
    if row_id > LARGEST_ID:
        raise NotFound
    return row_id


def _form(count: Counted) -> dict[str, Any]:
    row = count.form
    return {
        "id": row.pk,
        "version": row.version,
        "name": row.name,
        "title": row.title,
        "link": link_of(row),
        "opened": row.opened,
        "opens_at": row.opens_at.isoformat() if row.opens_at else None,
        "closes_at": row.closes_at.isoformat() if row.closes_at else None,
        "most": row.most,
        "target": row.target,
        "owner": row.owner_id,
        "pool": row.pool_id,
        "scheme": row.scheme_id,
        "campaign": row.campaign_id,
        "source": row.source or None,
        "review": row.review,
        "submissions": {"accepted": count.accepted, "held": count.held, "discarded": count.discarded},
    }


def _channel(row: FormChannel, came: int, link: str) -> dict[str, Any]:
    facts = {"id": row.pk, "code": row.code, "name": row.name, "source": row.source or None}
    return facts | {"ended": row.ended, "link": link, "submissions": came}


def _submissions(actor: Actor, rows: list[Submission]) -> list[dict[str, Any]]:
    """Their leads by id only where the caller sees them."""
    ids = [row.lead_id for row in rows if row.lead_id]
    seen = titles_of(actor, LEAD.key, ids) if actor.may(LEAD.grant("see")) else {}
    return [
        {
            "id": row.pk,
            "state": row.state,
            "held_for": row.held_for or None,
            "at": row.created_at.isoformat(),
            "agreed": row.agreed,
            "channel": row.channel.code if row.channel else None,
            "tracked": row.tracked,
            "referrer": row.referrer or None,
            "network": row.network or None,
            "seconds": row.took,
            "repeats": row.repeats,
            "like_known": row.hit,
            "lead": row.lead_id if row.lead_id in seen else None,
        }
        for row in rows
    ]
