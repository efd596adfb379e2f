"""The card of rows: its tabs with counts, one page by key, the columns there is room for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.titles import titles_of
from genjin.surfaces.imports.models import Import, ImportRow, RowState
from genjin.surfaces.imports.queries import brought_by, counts, duplicate_groups, kept_rows, rows_of
from genjin.surfaces.imports.web.rows import Heading, RowView, RowWriter
from genjin.surfaces.imports.whys import is_why, words_of
from genjin.ui import formats
from genjin.ui.addresses import record_url

MOST = 50
OPEN = (RowState.READY, RowState.BAD, RowState.DUPLICATE, RowState.SKIPPED)
OVER = (RowState.BROUGHT, RowState.FAILED, RowState.BAD, RowState.SKIPPED)
FAILED = RowState.FAILED
HOT = (RowState.BAD, RowState.DUPLICATE, RowState.FAILED)
BY_KEY = {state.name.lower(): state for state in RowState}


@dataclass(frozen=True)
class Tab:
    """A state of rows with its count."""

    key: str
    label: str
    count: int
    hot: bool
    href: str


@dataclass(frozen=True)
class Chip:
    """A narrower choice within a tab."""

    label: str
    count: int
    href: str
    current: bool


@dataclass(frozen=True)
class Turning:
    """Where the pages before and behind are ('' where there are none); `here` is what a row's number is asked of."""

    first: str
    previous: str
    next: str
    here: str
    fields: list[tuple[str, str]]
    position: str

    @property
    def several(self) -> bool:
        """Whether there is more than one page."""
        return bool(self.first or self.next)


@dataclass(frozen=True)
class Listing:
    """Everything the card draws."""

    tab: str
    here: str
    tabs: list[Tab]
    kinds: list[Chip]
    columns: list[Heading]
    rows: list[RowView]
    last: str
    turning: Turning
    failed: bool
    empty: tuple[str, str, str]


def listing(actor: Actor, batch: Import, asked: Mapping[str, str]) -> Listing:
    """The card for what the address asks: `tab`, `after` or `before` (a row number), `row`
    (the page that begins there), `why` (a kind of duplicates)."""
    found, states = counts(batch), OVER if batch.begun_at else OPEN
    state = BY_KEY.get(asked.get("tab", ""))
    if state not in states:
        state = next(
            (s for s in (RowState.BAD, RowState.DUPLICATE, RowState.FAILED) if s in states and found[s]), states[0]
        )
    after, before = _number(asked, "after"), _number(asked, "before")
    after = max(0, _number(asked, "row") - 1) or after
    why = asked.get("why", "") if is_why(asked.get("why", "")) and state == RowState.DUPLICATE else ""
    rows = rows_of(batch, state, after=after, before=before, most=MOST + (not before), why=why)
    if before and len(rows) < MOST:  # fewer than a page stand in front: the first page
        after, before, rows = 0, 0, rows_of(batch, state, most=MOST + 1, why=why)
    turning = _turning(batch, state, rows, why=why, last=not before and len(rows) <= MOST)
    writer = RowWriter(actor, batch, rows[:MOST])
    return Listing(
        tab=_key(state),
        here=_href(batch, state, why=why, after=after) if state == RowState.DUPLICATE else "",
        tabs=[
            Tab(_key(s), str(s.label), found[s], s in HOT, _href(batch, s)) for s in states if s != FAILED or found[s]
        ],
        kinds=_kinds(batch, why) if state == RowState.DUPLICATE else [],
        columns=writer.headings,
        rows=_drawn(actor, batch, writer, rows[:MOST], state),
        last=_("导入的记录")
        if state == RowState.BROUGHT
        else _("问题")
        if state in (RowState.BAD, RowState.FAILED)
        else _("说明"),
        turning=turning,
        failed=bool(found[RowState.BAD] or found[RowState.FAILED]),
        empty=_empty(state),
    )


def _number(asked: Mapping[str, str], name: str) -> int:
    text = asked.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _turning(batch: Import, state: RowState, rows: list[ImportRow], *, why: str, last: bool) -> Turning:
    shown = rows[:MOST]
    earlier = bool(shown) and bool(rows_of(batch, state, before=shown[0].number, most=1, why=why))
    return Turning(
        first=_href(batch, state, why=why) if earlier else "",
        previous=_href(batch, state, why=why, before=shown[0].number) if earlier else "",
        next="" if last or not shown else _href(batch, state, why=why, after=shown[-1].number),
        here=reverse("import-rows", args=[batch.pk]),
        fields=[("tab", _key(state)), *([("why", why)] if why else [])],
        position=_("第 %(first)s–%(last)s 行")
        % {"first": formats.number(shown[0].number), "last": formats.number(shown[-1].number)}
        if shown
        else "",
    )


def _position(shown: list[ImportRow]) -> str:
    if not shown:
        return ""
    first, last = formats.number(shown[0].number), formats.number(shown[-1].number)
    return _("第 %(first)s–%(last)s 行") % {"first": first, "last": last}


def _drawn(actor: Actor, batch: Import, writer: RowWriter, rows: list[ImportRow], state: RowState) -> list[RowView]:
    if state != RowState.BROUGHT:
        return [writer.row(row) for row in rows]
    found = brought_by(batch, [row.number for row in rows])
    links = _links(actor, found)
    return [writer.row(row, links=links.get(row.number, [])) for row in rows]


def _links(actor: Actor, found: dict[int, list[tuple[str, int, str]]]) -> dict[int, list[tuple[str, str]]]:
    """{row number: [(address, words)]} of what rows brought, as far as the actor still sees it."""
    ids: dict[str, set[int]] = {}
    for brought in found.values():
        for record_type, record_id, _verb in brought:
            ids.setdefault(record_type, set()).add(record_id)
    titles = {record_type: titles_of(actor, record_type, wanted) for record_type, wanted in ids.items()}
    links: dict[int, dict[str, str]] = {number: {} for number in found}
    for number, brought in found.items():
        for record_type, record_id, verb in brought:
            if record_id in titles[record_type]:  # a customer that was changed is told of once
                words = _words(record_type, verb, titles[record_type][record_id])
                links[number].setdefault(record_url(record_type, record_id), words)
    return {number: list(shown.items()) for number, shown in links.items()}


def kept_links(actor: Actor, batch: Import) -> list[tuple[int, str, str, str]]:
    """(row, address, title, why) of the first records that an undoing left as they are; '' for what is out of sight."""
    found = kept_rows(batch, most=MOST)
    ids: dict[str, set[int]] = {}
    for each in found:
        ids.setdefault(each.record_type, set()).add(each.record_id)
    titles = {record_type: titles_of(actor, record_type, wanted) for record_type, wanted in ids.items()}
    return [
        (each.number, record_url(each.record_type, each.record_id), title, each.kept)
        for each in found
        if (title := titles[each.record_type].get(each.record_id))
    ]


def _words(record_type: str, verb: str, title: str) -> str:
    if record_type == "customer" or verb == "changed":
        return _("%(title)s（已更新）") % {"title": title} if verb == "changed" else title
    return str(RECORD_TYPES[record_type].label)


def _kinds(batch: Import, why: str) -> list[Chip]:
    groups = duplicate_groups(batch, 0)
    if len(groups) < 2:
        return []
    return [
        Chip(
            words_of(g.why),
            g.rows,
            _href(batch, RowState.DUPLICATE, why="" if g.why == why else g.why),
            g.why == why,
        )
        for g in groups
        if words_of(g.why)
    ]


def _key(state: RowState) -> str:
    return state.name.lower()


def _href(batch: Import, state: RowState, *, why: str = "", after: int = 0, before: int = 0) -> str:
    query = {"tab": _key(state)} | ({"why": why} if why else {}) | ({"after": str(after)} if after else {})
    query |= {"before": str(before)} if before else {}
    return f"{reverse('import-rows', args=[batch.pk])}?{urlencode(query)}"


def _empty(state: RowState) -> tuple[str, str, str]:
    """Title, text and icon of a tab without rows."""
    return {
        RowState.READY: (_("没有可以直接导入的行"), _("先看「有错误」和「疑似重复」"), "list-check"),
        RowState.BAD: (_("没有错误"), _("每一行都能读懂"), "circle-check"),
        RowState.DUPLICATE: (_("没有疑似重复"), _("与系统里的客户、与表格的其他行都不重复"), "circle-check"),
        RowState.SKIPPED: (_("没有跳过的行"), _("您选择不导入的行会列在这里"), "list"),
        RowState.BROUGHT: (_("没有导入任何行"), _("看看「有错误」里的原因"), "list"),
        RowState.FAILED: (_("没有失败的行"), _("开始导入后没有一行被拒绝"), "circle-check"),
    }[state]
