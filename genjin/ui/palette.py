"""What the command palette finds: records by name, pinyin, initials or last digits; pages and commands by their words.

`>` asks for commands only, `@` for people's records (contacts), `#` for tags.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS, Action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, Tags
from genjin.kernel.lists import Hit, search
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.search_text import SearchQuery, Spans, highlight, matches, parse_query, pinyin_hint, search_key
from genjin.ui.addresses import list_url, record_url
from genjin.ui.formats import Formats
from genjin.ui.lists.cells import HIDDEN
from genjin.ui.navigation import menu_for

MOST_HITS = 5
MOST_COMMANDS = 6


@dataclass(frozen=True)
class Choice:
    """One line: where it leads (a page, or a dialog), its words, what stands below and beside."""

    icon: str
    title: Spans
    href: str = ""
    dialog: str = ""
    below: str = ""
    hint: Spans | None = None
    beside: str = ""
    recent: str = ""


@dataclass(frozen=True)
class Group:
    """Lines under a heading."""

    label: str
    choices: list[Choice]


def found(actor: Actor, asked: str, fmt: Formats) -> list[Group]:
    """The groups for what was typed; nothing typed: the commands."""
    text = asked.strip()[:60]
    sign, words = (text[:1], text[1:].strip()) if text[:1] in (">", "@", "#") else ("", text)
    groups = []
    if words and sign in ("", "@"):
        groups = [group for declared in _types(actor, sign) if (group := _records(actor, declared, words, fmt))]
    if sign == "#":
        groups = _tags(actor, words)
    if sign in ("", ">"):
        groups += _commands(actor, words)
    return groups


def _types(actor: Actor, sign: str) -> Iterable[RecordType]:
    for declared in RECORD_TYPES.values():
        if declared.listed and actor.may(declared.grant("see")) and (sign != "@" or declared.owner_link()):
            yield declared


def _records(actor: Actor, declared: RecordType, words: str, fmt: Formats) -> Group | None:
    query = parse_query(words)
    columns = _beside(actor, declared)
    hits = search(actor, declared, words, most=MOST_HITS, columns=columns) if query else []
    if not query or not hits:
        return None
    return Group(str(declared.label), [_hit(actor, hit, query, columns, fmt) for hit in hits])


def _beside(actor: Actor, declared: RecordType) -> list[Field]:
    """The few facts shown below a hit: subtitle and owner."""
    visible = {f.key: f for f in declared.visible_fields(actor)}
    return [visible[key] for key in (*declared.subtitle[:2], "phone", "owner") if key in visible]


def _hit(actor: Actor, hit: Hit, query: SearchQuery, columns: list[Field], fmt: Formats) -> Choice:
    del fmt
    words = []
    for field in columns:
        show = field.masked if field.sensitivity in HIDDEN else field.text
        words.append(show(hit.values.get(field.key), actor))
    return Choice(
        icon=hit.record_type.icon,
        title=highlight(hit.title, query),
        href=record_url(hit.record_type, hit.id),
        below=" · ".join(filter(None, words)),
        hint=pinyin_hint(hit.title, query),
        recent=hit.title,
    )


def _tags(actor: Actor, words: str) -> list[Group]:
    """Tags lead to the list that holds them."""
    query = parse_query(words) if words else None
    groups = []
    for declared in _types(actor, ""):
        for field in declared.fields:
            if isinstance(field, Tags):
                live = [(o.key, field.text([o.key], actor)) for o in field.live(actor)]
                fitting = [o for o in live if query is None or matches(query, search_key([o[1]]))]
                choices = [
                    Choice("tag", [(label, False)], href=f"{list_url(declared)}?f=1&{field.key}.in={key}")
                    for key, label in fitting[: MOST_HITS * 2]
                ]
                if choices:
                    groups.append(Group(_("标签 · %(what)s") % {"what": declared.label}, choices))
    return groups


def _commands(actor: Actor, words: str) -> list[Group]:
    query = parse_query(words) if words else None
    made = [*_creations(actor), *_pages(actor)]
    if words and query is None:
        return []
    fitting = [c for c in made if query is None or matches(query, search_key([c.title[0][0]]))]
    return [Group(_("命令"), fitting[: MOST_COMMANDS * (1 if words else 3)])] if fitting else []


def _creations(actor: Actor) -> list[Choice]:
    actions: list[Action] = [a for a in ACTIONS.values() if a.takes_values and not a.takes_row and a.listed]
    return [
        Choice(a.icon, [(str(a.label), False)], dialog=f"{list_url(a.record_type)}/new")
        for a in actions
        if a.record_type and a.record_type.listed and actor.may(a.needs)
    ]


def _pages(actor: Actor) -> list[Choice]:
    entries = [entry for _label, part in menu_for(actor, counted=False).sections for entry in part]
    return [Choice(e.item.icon, [(str(e.item.label), False)], href=e.url, beside=_("打开")) for e in entries]
