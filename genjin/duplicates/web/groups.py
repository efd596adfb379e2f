"""The run over the whole base (批量查重): beginning it, how far it is, its groups, which are no duplicates."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.duplicates.actions.sweeping import begin_sweep, dismiss, under_way
from genjin.duplicates.grants import SWEEP
from genjin.duplicates.nights import plan_at
from genjin.duplicates.queries import SeenGroup, groups_of, job_of, place_of, sweep_of
from genjin.duplicates.rules import COMPARED
from genjin.duplicates.settings import EVERY, HOW_OFTEN
from genjin.duplicates.wording import kept_words
from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES, RecordType, by_plural
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.ui.addresses import record_url
from genjin.ui.pages import PageRequest, closed_dialog, go, page, respond, wants_fragment
from genjin.ui.undoing import undo_address

ROUTE = "duplicates/groups"
MOST_MERGED = 10


@page(ROUTE, name="duplicates-groups", needs=SWEEP)
def groups(request: PageRequest) -> HttpResponse:
    """`?type=&after=`."""
    types = sweepable(request.actor)
    if not types:
        raise Forbidden
    chosen = next((t for t in types if t.plural == request.GET.get("type")), types[0])
    return respond(request, "duplicates/groups.html#list", **_listed(request, types, chosen))


def _listed(request: PageRequest, types: list[RecordType], chosen: RecordType) -> dict[str, Any]:
    """What the page draws."""
    after = request.GET.get("after", "")
    found, more = groups_of(request.actor, chosen.key, place_of(after))
    run = sweep_of(chosen.key)
    return {
        "types": [(t.plural, str(t.many), f"/{ROUTE}?type={t.plural}") for t in types],
        "chosen": chosen,
        "run": run,
        "nights": _nights(request.actor),
        "running": run is not None and run.finished_at is None and under_way(run),
        "job": job_of(run) if run else None,
        "groups": [_drawn(chosen, group) for group in found],
        "next": f"/{ROUTE}?type={chosen.plural}&after={more}" if more else "",
        "after": after,
    }


@page(f"{ROUTE}/begin", name="duplicates-begin", methods=["POST"], needs=SWEEP)
def begin(request: PageRequest) -> HttpResponse:
    """Begin a run."""
    record_type = by_plural(request.POST.get("type", ""))
    if record_type is None:
        raise NotFound
    address = f"/{ROUTE}?type={record_type.plural}"
    try:
        begin_sweep.run(request.actor, None, {"record_type": record_type.key})
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return go(request, address, refusal.message, tone="bad")
    return go(request, address, _("已开始全库查重，可以离开此页"))


@page(
    f"{ROUTE}/<int:duplicate_group_id>/dismiss/<int:swept_id>", name="duplicates-dismiss", methods=["POST"], needs=SWEEP
)
def no_duplicate(request: PageRequest, duplicate_group_id: int, swept_id: int) -> HttpResponse:
    """A record is none of the others."""
    outcome = dismiss.run(request.actor, None, {"group": duplicate_group_id, "member": swept_id})
    told, undo = _("已记住，以后的查重不再列出"), undo_address(dismiss, outcome.event_id)
    if wants_fragment(request):
        return closed_dialog(told, changed="rows:changed", undo=undo)
    return go(request, f"/{ROUTE}?type={request.GET.get('type', '')}", told, undo=undo)


def sweepable(actor: Actor) -> list[RecordType]:
    """The types that the actor sees some of."""
    declared = [RECORD_TYPES[key].seen_by(actor) for key in COMPARED if key in RECORD_TYPES]
    return [t for t in declared if actor.may(t.grant("see"))]


def _nights(actor: Actor) -> dict[str, Any]:
    """How often it is done by itself, in words, when next, and where that is set, for who may."""
    plan = plan_at(actor.stamp)
    return {
        "words": dict(HOW_OFTEN)[EVERY.at(actor.stamp)],
        "next": plan.next(actor.now()) if plan else None,
        "sets": actor.may("settings.manage"),
    }


def _drawn(record_type: RecordType, group: SeenGroup) -> dict[str, Any]:
    ids = list(group.titles)
    merge = f"/{record_type.plural}/merge?ids={','.join(map(str, ids[:MOST_MERGED]))}"
    return {
        "id": group.pk,
        "percent": group.percent,
        "words": "；".join(kept_words(record_type, why) for why in group.whys),
        "stale": group.stale,
        "members": [(row_id, title, record_url(record_type, row_id)) for row_id, title in group.titles.items()],
        "merge": merge,
    }
