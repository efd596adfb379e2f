"""What the command palette finds: records by name, pinyin, initials or last digits; people, tags, commands by words.

`>` asks for commands only, `@` for people (contacts and colleagues), `#` for tags. Commands are made in `commands`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.codes_store import pattern_of
from genjin.kernel.fields import Choice as ChoiceField
from genjin.kernel.fields import Field, Person, RecordRef, Tags
from genjin.kernel.lists import Hit, search
from genjin.kernel.masked_classes import InLists, in_lists
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.search_text import SearchQuery, Spans, highlight, matches, parse_query, pinyin_hint, search_key
from genjin.kernel.titles import titles_of
from genjin.ui.addresses import list_url, record_url
from genjin.ui.forms.choices import offers

MOST_HITS = 5
GRADES = frozenset("ABCD")


@dataclass(frozen=True)
class Choice:
    """One line: where it leads (a page, or a dialog), its words, what stands below and beside."""

    icon: str
    title: Spans
    href: str = ""
    dialog: str = ""
    below: str = ""
    hint: Spans | None = None
    grade: str = ""
    beside: str = ""
    recent: str = ""


@dataclass(frozen=True)
class Group:
    """Lines under a heading."""

    label: str
    choices: list[Choice]


def records(actor: Actor, words: str, *, people: bool = False) -> list[Group]:
    """Record types with what they hold of these words; with `people` only what belongs to another record."""
    query = parse_query(words)
    if query is None:
        return []
    types = [declared for declared in _types(actor, people=people) if _may_hold(actor, declared, words)]
    known: dict[int, str] = {}  # titles of what was found: what belongs to it need not ask for them
    groups = [_records(actor, declared, words, query, known) for declared in types]
    return [group for group in groups if group]


def colleagues(actor: Actor, words: str) -> list[Group]:
    """Members by name or pinyin; each leads to what they own."""
    first = next(iter(_types(actor, people=False)), None)
    field = first.keys.get("owner") if first else None
    if not words or first is None or not isinstance(field, Person) or not actor.may("org.see"):
        return []
    choices = [
        Choice("user", [(one.text, False)], href=f"{list_url(first)}?f=1&{field.key}.in={one.value}", below=one.note)
        for one in offers(actor, field, words)[:MOST_HITS]
    ]
    return [Group(_("同事"), choices)] if choices else []


def tags(actor: Actor, words: str) -> list[Group]:
    """Tags lead to the list that holds them."""
    query = parse_query(words) if words else None
    groups = []
    for declared in _types(actor, people=False):
        for field in declared.fields:
            if isinstance(field, Tags):
                live = [(o.key, field.text([o.key], actor)) for o in field.live(actor)]
                fitting = [o for o in live if query is None or matches(query, search_key([o[1]]))]
                choices = [
                    Choice("tag", [(label, False)], href=f"{list_url(declared)}?f=1&{field.key}.in={key}")
                    for key, label in fitting[: MOST_HITS * 2]
                ]
                if choices:
                    groups.append(Group(_("标签 · %(what)s") % {"what": declared.many}, choices))
    return groups


def _types(actor: Actor, *, people: bool) -> Iterable[RecordType]:
    for declared in (t.seen_by(actor) for t in RECORD_TYPES.values()):
        if declared.listed and actor.may(declared.grant("see")) and (not people or declared.owner_link()):
            yield declared


def _may_hold(actor: Actor, declared: RecordType, words: str) -> bool:
    """A type that is found by its codes only is asked only for something that begins like one."""
    if declared.searched.names:
        return True
    prefix = pattern_of(declared, actor.stamp).partition("{")[0]
    return bool(prefix) and words.upper().startswith(prefix.upper())


def _records(actor: Actor, declared: RecordType, words: str, query: SearchQuery, known: dict[int, str]) -> Group | None:
    columns, grade = _below(actor, declared), _grade(actor, declared)
    asked = [*columns, grade] if grade else columns
    hits = search(actor, declared, words, most=MOST_HITS, columns=asked)
    if not hits:
        return None
    titles = _titles(actor, columns, hits, known)
    known |= {hit.id: hit.title for hit in hits}
    return Group(str(declared.many), [_hit(actor, hit, query, columns, grade, titles) for hit in hits])


def _below(actor: Actor, declared: RecordType) -> list[Field]:
    """The few facts shown below a hit: phone, subtitle, what it belongs to, owner."""
    visible = {f.key: f for f in declared.visible_fields(actor)}
    link = declared.owner_link()
    above = [key for key, f in visible.items() if link and isinstance(f, RecordRef) and f.path == link.column]
    keys = dict.fromkeys(["phone", *declared.subtitle[:2], *above, "owner"])
    return [visible[key] for key in keys if key in visible]


def _grade(actor: Actor, declared: RecordType) -> Field | None:
    """The choice whose options are the letters A to D."""
    for field in declared.visible_fields(actor):
        if isinstance(field, ChoiceField) and field.kind == "choice":
            keys = set(field.choices(actor))
            if keys and keys <= GRADES:
                return field
    return None


def _titles(actor: Actor, columns: Sequence[Field], hits: Sequence[Hit], known: Mapping[int, str]) -> dict[int, str]:
    titles = dict(known)
    for field in columns:
        if isinstance(field, RecordRef):
            titles |= titles_of(actor, field.to, {hit.values[field.key] for hit in hits} - titles.keys())
    return titles


def _hit(
    actor: Actor, hit: Hit, query: SearchQuery, columns: list[Field], grade: Field | None, titles: dict[int, str]
) -> Choice:
    words = []
    for field in columns:
        value = hit.values[field.key]
        if isinstance(field, RecordRef):
            words.append(titles.get(value, ""))
        else:
            shown = in_lists(actor, field)
            words.append((field.text if shown is InLists.FULL else field.masked)(value, actor))
    return Choice(
        icon=hit.record_type.icon,
        title=highlight(hit.title, query),
        href=record_url(hit.record_type, hit.id),
        below=" · ".join(filter(None, words)),
        hint=pinyin_hint(hit.title, query),
        grade=str(hit.values[grade.key] or "") if grade else "",
        recent=hit.title,
    )
