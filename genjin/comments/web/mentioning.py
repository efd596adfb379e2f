"""Whom one may mention: the list behind an @, searched by name, pinyin and initials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from genjin.comments.actions import WRITE
from genjin.comments.queries import writers_of
from genjin.comments.rules import parted
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.fields import Person
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType
from genjin.org.queries import organisation
from genjin.ui.forms.choices import Offer, offers
from genjin.ui.pages import PageRequest, fragment, page

MOST = 8
ANYBODY = Person(key="mentions", label=gettext_lazy("提到"))


@page("<plural:record_type>/<int:row_id>/comments/people", name="comment-people", needs=WRITE)
def comment_people(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """Active members whose name fits `?q=`; without text first the owner and those who wrote here."""
    record = row_for(request.actor, record_type.model, row_id, to=SEE)
    text = request.GET.get("q", "").strip()[:60]
    found = offers(request.actor, ANYBODY, text)
    if not text:
        found = [*_near(request.actor, record), *found]
    others = {offer.value: offer for offer in found if offer.value != str(request.actor.member_id)}
    return fragment(request, "ui/choices.html", offers=list(others.values())[:MOST])


def active_names(actor: Actor) -> Mapping[int, str]:
    """{id: name} of everybody one may mention. No query."""
    return {p.id: p.name for p in organisation(actor).people.values() if p.active and p.id != actor.member_id}


def still_named(words: str, names: Mapping[int, str], chosen: Iterable[str]) -> list[int]:
    """Those of the chosen ids whose name still stands behind an @."""
    ids = [int(each) for each in chosen if each.isdecimal() and len(each) < 19 and int(each) in names]
    there = {piece[1:] for piece, is_name in parted(words, [names[each] for each in ids]) if is_name}
    return [each for each in ids if names[each] in there]


def _near(actor: Actor, record: Record) -> list[Offer]:
    org = organisation(actor)
    ids = dict.fromkeys([record.owner_id or 0, *writers_of(actor, record)])
    people = [person for each in ids if (person := org.people.get(each)) and person.active]
    nodes = [org.departments.get(person.department_id or 0) for person in people]
    return [Offer(str(p.id), p.name, node.name if node else "") for p, node in zip(people, nodes, strict=True)]
