"""The ways to the page of merging: from ticked rows, from a record's menu by searching the other one. And the words of
its events on timelines."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.lists import search
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Forbidden, NotFound
from genjin.kernel.titles import titles_of
from genjin.kernel.wording import listed
from genjin.merging.queries.picking import may_merge
from genjin.merging.reach import MERGEABLE
from genjin.merging.web.choosing import address
from genjin.ui.addresses import record_url
from genjin.ui.details.entries import register_note
from genjin.ui.details.menu import MenuEntry, register_menu_entry
from genjin.ui.lists.heads import HeadTool, register_head_tool
from genjin.ui.pages import PageRequest, fragment, page, respond

FOUND = 8
STEM = 4
"""Of a title, so many signs are looked for until somebody types."""


@page("<plural:record_type>/<int:row_id>/merge", name="merge-with")
def merge_with(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """The dialog that looks for the other one; with `q` its results."""
    if record_type.key not in MERGEABLE:
        raise NotFound
    row = row_for(request.actor, record_type.model, row_id, to=SEE)
    if not may_merge(request.actor, row):
        raise Forbidden
    context = _found(request, record_type, row)
    if "q" in request.GET:
        return fragment(request, "merging/find.html#found", **context)
    return respond(request, "merging/find.html#dialog", **context)


def _found(request: PageRequest, record_type: RecordType, row: Record) -> dict[str, Any]:
    title = str(getattr(row, record_type.title))
    text = request.GET.get("q", title[:STEM])
    found = [
        (hit.title, code, owner, address(record_type, [row.pk, hit.id]))
        for hit, code, owner in _others(request, record_type, row.pk, text)
    ]
    heading = _("合并：选择与「%s」重复的记录") % title
    return {"heading": heading, "text": text, "found": found, "url": record_url(record_type, row.pk)}


def _others(request: PageRequest, record_type: RecordType, row_id: int, text: str) -> list[tuple[Any, str, str]]:
    """[(hit, code, owner)] of what the text finds, itself aside."""
    columns = [record_type.keys[key] for key in ("code", "owner") if key in record_type.own_fields]
    hits = search(request.actor, record_type, text, most=FOUND + 1, columns=columns)
    return [
        (hit, str(hit.values.get("code", "")), _owner(request.actor, hit.values.get("owner")))
        for hit in hits
        if hit.id != row_id
    ][:FOUND]


def _owner(actor: Actor, member_id: Any) -> str:
    return str(people.directory().member_name(member_id, actor.stamp)) if member_id else ""


def _titles(actor: Actor, ids: Any) -> str:
    """What was merged, of what the reader may see."""
    found: dict[int, str] = {}
    for key in MERGEABLE:
        found |= titles_of(actor, key, list(ids))
    return listed(str(found.get(row_id, "—")) for row_id in ids)


def _values(_actor: Actor, keys: Any) -> str:
    return str(_("%d 个字段之后改过，保持现在的值") % len(keys))


def _rows(_actor: Actor, count: Any) -> str:
    return str(_("%d 条之后改过，留在原处") % count)


register_note("merged", gettext_lazy("并入"), _titles)
register_note("unmerged", gettext_lazy("恢复"), _titles)
register_note("kept_values", gettext_lazy("没有退回的值"), _values)
register_note("kept_rows", gettext_lazy("没有退回的内容"), _rows)
for _key in MERGEABLE:
    _declared = RECORD_TYPES[_key]
    register_head_tool(
        HeadTool(
            key=f"merge-{_key}",
            label=gettext_lazy("合并"),
            icon="git-merge",
            link="/{plural}/merge",
            needs=_declared.grant("merge"),
            types=(_key,),
            into="#dialog",
            ticked=True,
            menu=False,
        )
    )
    register_menu_entry(
        MenuEntry(
            key=f"merge-{_key}",
            label=gettext_lazy("合并重复记录"),
            icon="git-merge",
            link="/merge",
            needs=_declared.grant("merge"),
            types=(_key,),
            into="#dialog",
            when=may_merge,
            order=60,
        )
    )
