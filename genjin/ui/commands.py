"""What the command palette offers to do: verbs of the record one stands on, new records, pages."""

from __future__ import annotations

import re
from dataclasses import replace
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
from genjin.ui.lists.resting import resting_lists
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
    groups = palette.records(actor, words) if words and not sign else []
    commands = _asked(actor, words, place) if words else _all(actor, place)
    if words and not sign:
        best = groups[0].choices[0] if groups else None
        commands = [*(_for_hit(actor, best) if best else []), *commands, *_creations(actor, words)]
    return [*groups, *([Group(_("命令"), commands)] if commands else [])]


def _all(actor: Actor, place: str) -> list[Choice]:
    made = [*(choice for _verb, choice in _on_record(actor, place)), *_creations(actor), *_pages(actor)]
    return made[:MOST_UNASKED]


def _asked(actor: Actor, words: str, place: str) -> list[Choice]:
    """The commands whose verb fits the words, with the hit marked."""
    query = parse_query(words)
    if query is None:
        return []
    made = [*_on_record(actor, place), *((c.title[0][0], c) for c in (*_creations(actor), *_pages(actor)))]
    fitting = [choice for verb, choice in made if matches(query, search_key([verb]))]
    return [replace(choice, title=highlight(choice.title[0][0], query)) for choice in fitting[:MOST]]


def _for_hit(actor: Actor, hit: Choice) -> list[Choice]:
    """给「…」写跟进: what can be made for the best hit."""
    match = _RECORD.fullmatch(hit.href)
    declared = by_plural(match[1]) if match else None
    if match is None or declared is None:
        return []
    return [choice for _verb, choice in _belonging(actor, declared, int(match[2]), hit.recent)]


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


def _on_record(actor: Actor, place: str) -> list[tuple[str, Choice]]:
    """(verb, line) of what the record whose page is open offers."""
    row = _row_at(actor, place)
    if row is None:
        return []
    declared = type_of(row)
    title = str(getattr(row, declared.title))
    choices = _belonging(actor, declared, row.pk, title)
    for action in offered_on(actor, declared, row):
        verb = verb_of(declared, action)
        address = f"{record_url(declared, row.pk)}/" + ("edit" if verb == "edit" else f"actions/{verb}")
        words = _("%(verb)s「%(title)s」") % {"verb": action.label, "title": ell(title, 20)}
        choices.append((str(action.label), Choice(action.icon, [(words, False)], dialog=address)))
    return choices


def _belonging(actor: Actor, declared: RecordType, row_id: int, title: str) -> list[tuple[str, Choice]]:
    """(verb, line) of new records that belong to this one."""
    made = []
    for other in RECORD_TYPES.values():
        create = ACTIONS.get(other.grant("create"))
        link = next((link for link in other.owner_links() if link.to == declared.key), None)
        if create is None or link is None or not actor.may(create.needs):
            continue
        field = next((f for f in other.fields if isinstance(f, RecordRef) and f.path == link.column), None)
        if field is not None:
            words = _("给「%(title)s」%(verb)s") % {"title": ell(title, 20), "verb": create.label}
            dialog = f"{list_url(other)}/new?stay=1&{field.key}={row_id}"
            made.append((str(create.label), Choice(create.icon, [(words, False)], dialog=dialog)))
    return made


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
    pages = [Choice(e.item.icon, [(str(e.item.label), False)], href=e.url, beside=_("打开")) for e in entries]
    return [*pages, *_resting(actor)]


def _resting(actor: Actor) -> list[Choice]:
    """回收站 · 客户, and the archive likewise."""
    return [
        Choice(sign, [(f"{words} · {declared.many}", False)], href=address, beside=_("打开"))
        for declared in RECORD_TYPES.values()
        if declared.listed and actor.may(declared.grant("see"))
        for address, words, sign in resting_lists(declared)
    ]
