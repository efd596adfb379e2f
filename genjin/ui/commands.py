"""What the command palette offers to do: verbs of the record one stands on, new records, pages."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.fields import RecordRef
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RECORD_TYPES, RecordType, by_plural, type_of
from genjin.kernel.refusal import NotFound
from genjin.kernel.search_text import highlight, matches, parse_query, search_key
from genjin.ui import palette
from genjin.ui.addresses import list_url, record_url
from genjin.ui.formats import ell
from genjin.ui.forms.finding import offered_on, verb_of
from genjin.ui.navigation import menu_for
from genjin.ui.palette import Choice, Group

MOST = 6
MOST_UNASKED = 18
_RECORD = re.compile(r"/([a-z][a-z_-]*)/([0-9]{1,18})(?:/.*)?")


def found(actor: Actor, asked: str, place: str = "") -> list[Group]:
    """The groups for what was typed on the page at `place`; nothing typed: the commands. `>`, `@`, `#` narrow it."""
    text = asked.strip()[:60]
    sign, words = (text[:1], text[1:].strip()) if text[:1] in {">", "@", "#"} else ("", text)
    if sign == "#":
        return palette.tags(actor, words)
    if sign == "@":
        return [*palette.records(actor, words, people=True), *palette.colleagues(actor, words)]
    return [*(palette.records(actor, words) if not sign else []), *_commands(actor, words, place, named=not sign)]


def _commands(actor: Actor, words: str, place: str, *, named: bool) -> list[Group]:
    query = parse_query(words) if words else None
    made = [*_on_record(actor, place), *_creations(actor), *_pages(actor)]
    if words:
        fitting = [c for c in made if query and matches(query, search_key([c.title[0][0]]))]
        made = [_marked(c, words) for c in fitting[:MOST]]
    if words and named:
        made += _creations(actor, words)
    return [Group(_("命令"), made[:MOST_UNASKED])] if made else []


def _marked(choice: Choice, words: str) -> Choice:
    query = parse_query(words)
    title = highlight(choice.title[0][0], query) if query else choice.title
    return Choice(choice.icon, title, href=choice.href, dialog=choice.dialog, beside=choice.beside)


def _creations(actor: Actor, words: str = "") -> list[Choice]:
    """新建客户; with words 新建客户「…」, which fills the name in (only types whose title can be typed)."""
    choices = []
    for action in ACTIONS.values():
        declared = action.record_type
        if not action.takes_values or action.takes_row or not action.listed or not actor.may(action.needs):
            continue
        if declared is None or not declared.listed:
            continue
        dialog, label = f"{list_url(declared)}/new", str(action.label)
        if words:
            title = declared.keys.get(declared.title)
            if title is None or not title.editable:
                continue
            dialog = f"{dialog}?{title.key}={quote(words)}"
            label = _("%(verb)s「%(title)s」") % {"verb": label, "title": words}
        choices.append(Choice(action.icon, [(label, False)], dialog=dialog))
    return choices


def _on_record(actor: Actor, place: str) -> list[Choice]:
    """The verbs of the record whose page is open, and new records that belong to it."""
    row = _row_at(actor, place)
    if row is None:
        return []
    declared = type_of(row)
    title = ell(str(getattr(row, declared.title)), 20)
    address = record_url(declared, row.pk)
    choices = [
        Choice(icon, [(_("给「%(title)s」%(verb)s") % {"title": title, "verb": label}, False)], dialog=dialog)
        for icon, label, dialog in _belonging(actor, declared, row)
    ]
    for action in offered_on(actor, declared, row):
        verb = verb_of(declared, action)
        dialog = f"{address}/edit" if verb == "edit" else f"{address}/actions/{verb}"
        words = _("%(verb)s「%(title)s」") % {"verb": action.label, "title": title}
        choices.append(Choice(action.icon, [(words, False)], dialog=dialog))
    return choices


def _belonging(actor: Actor, declared: RecordType, row: Record) -> list[tuple[str, str, str]]:
    found = []
    for other in RECORD_TYPES.values():
        create = ACTIONS.get(other.grant("create"))
        link = other.owner_link()
        if create is None or link is None or link.to != declared.key or not actor.may(create.needs):
            continue
        field = next((f for f in other.fields if isinstance(f, RecordRef) and f.path == link.column), None)
        if field is not None:
            dialog = f"{list_url(other)}/new?stay=1&{field.key}={row.pk}"
            found.append((create.icon, str(create.label), dialog))
    return found


def _row_at(actor: Actor, place: str) -> Record | None:
    match = _RECORD.fullmatch(place)
    declared = by_plural(match[1]) if match else None
    if match is None or declared is None or not declared.listed:
        return None
    try:
        return row_for(actor, declared.model, int(match[2]), to=SEE)
    except NotFound:
        return None


def _pages(actor: Actor) -> list[Choice]:
    entries = [entry for _label, part in menu_for(actor, counted=False).sections for entry in part]
    return [Choice(e.item.icon, [(str(e.item.label), False)], href=e.url, beside=_("打开")) for e in entries]
