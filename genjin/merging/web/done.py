"""A merge that was made: what became one, who did it, until when it can be taken back; the card beside the master."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel import people
from genjin.kernel.actions import ACTIONS
from genjin.kernel.doors import OWN, may
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType, type_of
from genjin.kernel.refusal import NotFound
from genjin.kernel.titles import titles_of
from genjin.merging.models import Merge
from genjin.merging.queries.merges import maker_of, merge_for, merges_of, would_stay
from genjin.merging.reach import MERGEABLE
from genjin.ui.addresses import list_url, record_url
from genjin.ui.details.cards import Drawn, register_card
from genjin.ui.pages import PageRequest, closed_dialog, go, page, render
from genjin.ui.shell import formats_for


@page("<plural:record_type>/merges/<int:merge_id>", name="merged")
def merged(request: PageRequest, record_type: RecordType, merge_id: int) -> HttpResponse:
    """What was merged, and what taking it back would do."""
    if record_type.key not in MERGEABLE:
        raise NotFound
    merge, master = merge_for(request.actor, record_type, merge_id)
    return render(request, "merging/merged.html", **_context(request, record_type, merge, master))


@page("<plural:record_type>/merges/<int:merge_id>/undo", name="unmerge", methods=["POST"])
def unmerge(request: PageRequest, record_type: RecordType, merge_id: int) -> HttpResponse:
    """Take it back."""
    if record_type.key not in MERGEABLE:
        raise NotFound
    merge, master = merge_for(request.actor, record_type, merge_id)
    ACTIONS[record_type.grant("unmerge")].run(request.actor, master.pk, {"merge": merge.pk})
    words = _("已撤销合并，%d 条记录恢复了") % len(merge.merged)
    if request.headers.get("HX-Request") == "true" and "merges/" not in request.headers.get("HX-Current-URL", ""):
        return closed_dialog(words, changed="record:changed rows:changed")
    return go(request, f"{list_url(record_type)}/merges/{merge.pk}", words)


def _context(request: PageRequest, record_type: RecordType, merge: Merge, master: Record) -> dict[str, Any]:
    actor, fmt = request.actor, formats_for(request.actor)
    member_id = maker_of(merge)
    open_ = merge.undone_at is None and actor.now() <= merge.until
    titles = titles_of(actor, record_type.key, merge.merged)
    return {
        "record_type": record_type,
        "merge": merge,
        "title": getattr(master, record_type.title),
        "url": record_url(record_type, master.pk),
        "merged": [(titles.get(pk, "—"), pk) for pk in merge.merged],
        "at": fmt.moment(merge.created_at),
        "until": fmt.moment(merge.until),
        "undone": fmt.moment(merge.undone_at) if merge.undone_at else "",
        "who": people.directory().member_name(member_id, actor.stamp) if member_id else _("系统"),
        "stays": would_stay(actor, merge, master) if open_ else [],
        "open": open_,
        "may": may(actor, master, record_type.grant("merge"), OWN),
        "address": f"{list_url(record_type)}/merges/{merge.pk}",
    }


def merges_card(request: PageRequest, record: Record) -> Drawn | None:
    """What was merged into a record; nothing where nothing was."""
    found = merges_of(request.actor, record)
    if not found:
        return None
    declared, fmt = type_of(record), formats_for(request.actor)
    titles = titles_of(request.actor, declared.key, [pk for merge in found for pk in merge.merged])
    lines = [
        ([titles.get(pk, "—") for pk in merge.merged], fmt.when(merge.created_at), merge.reason, merge.pk)
        for merge in found
    ]
    return Drawn("merging/card.html", {"lines": lines, "base": f"{list_url(declared)}/merges"})


for _key in MERGEABLE:
    register_card(_key, "merges", merges_card, order=70)
