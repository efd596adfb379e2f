"""What drop-downs offer: the server is asked while people type. Labels, pinyin and initials all find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel import industries, regions
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, DepartmentRef, Field, Person, RecordRef, Region, Tags
from genjin.kernel.fields.links import Industry
from genjin.kernel.lists import search
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.search_text import matches, parse_query, search_key
from genjin.org.fields import Departments, Members
from genjin.org.queries import organisation

MOST = 20


@dataclass(frozen=True)
class Offer:
    """One choice: the value that is sent, its words, a note beside them, a tone."""

    value: str
    text: str
    note: str = ""
    tone: str = ""


def offers(actor: Actor, field: Field, text: str) -> list[Offer]:
    """The choices of a field that fit the text; the first ones without text. At most MOST."""
    for kind, choose in _CHOOSERS:
        if isinstance(field, kind):
            return choose(actor, field, text.strip()[:60])[:MOST]
    return []


def filter_offers(actor: Actor, field: Field, text: str) -> list[Offer]:
    """The choices of a filter: a person may also be 'me', whoever looks."""
    found = offers(actor, field, text)
    if isinstance(field, Person) and text.strip() in ("", "我", "me"):
        return [Offer("me", _("我"), actor.name), *found]
    return found


def fitting(text: str, offered: Iterable[tuple[str, Offer]]) -> list[Offer]:
    """Those of (searched words, offer) that fit the text."""
    query = parse_query(text) if text else None
    if text and query is None:
        return []
    return [offer for words, offer in offered if query is None or matches(query, search_key([words]))]


def _options(actor: Actor, field: Field, text: str) -> list[Offer]:
    assert isinstance(field, Choice)
    offers = [Offer(o.key, Choice.text(field, o.key, actor), tone=o.colour) for o in field.live(actor)]
    live = [(f"{o.label} {o.english}", offer) for o, offer in zip(field.live(actor), offers, strict=True)]
    return fitting(text, live)


def _tags(actor: Actor, field: Field, text: str) -> list[Offer]:
    found = _options(actor, field, text)
    if text and all(offer.text != text for offer in found):
        found.append(Offer(text, text, note=_("新标签")))
    return found


def _people(actor: Actor, _field: Field, text: str) -> list[Offer]:
    org = organisation(actor)
    offered = []
    for person in org.people.values():
        if person.active:
            node = org.departments.get(person.department_id or 0)
            offered.append(
                (f"{person.name} {person.sign_in}", Offer(str(person.id), person.name, node.name if node else ""))
            )
    first = sorted(offered, key=lambda pair: pair[1].value != str(actor.member_id)) if not text else offered
    return fitting(text, first)


def _departments(actor: Actor, _field: Field, text: str) -> list[Offer]:
    org = organisation(actor)
    offered = []
    for node in sorted(org.departments.values(), key=lambda n: n.path):
        above = org.departments.get(node.parent_id or 0)
        if not node.closed:
            offered.append((node.name, Offer(str(node.id), node.name, above.name if above else "")))
    return fitting(text, offered)


def _records(actor: Actor, field: Field, text: str) -> list[Offer]:
    assert isinstance(field, RecordRef)
    hits = search(actor, RECORD_TYPES[field.to], text, most=MOST)
    return [Offer(str(hit.id), hit.title) for hit in hits]


def _industries(_actor: Actor, _field: Field, text: str) -> list[Offer]:
    found = industries.search_industries(text, MOST) if text else industries.children()
    return [Offer(one.code, one.name, one.code) for one in found]


def _regions(_actor: Actor, _field: Field, text: str) -> list[Offer]:
    found = regions.search_regions(text, MOST) if text else regions.children()
    return [Offer(one.code, regions.full_name(one.code)) for one in found]


# the first kind that fits: more special ones stand before what they derive from
_CHOOSERS: tuple[tuple[type[Field], Callable[[Actor, Field, str], list[Offer]]], ...] = (
    (Tags, _tags),
    (Choice, _options),
    (Person, _people),
    (Members, _people),
    (DepartmentRef, _departments),
    (Departments, _departments),
    (RecordRef, _records),
    (Industry, _industries),
    (Region, _regions),
)
