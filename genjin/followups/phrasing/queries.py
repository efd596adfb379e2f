"""Reads of phrases (话术): whose there are, and their words with the names filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from genjin.followups.actions.phrases import MOST, SHARE
from genjin.followups.models import Phrase
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import NotFound
from genjin.kernel.search_text import matches, parse_query, search_key

PLACES = {
    "{客户}": "customer", "{联系人}": "contact", "{我}": "me", "{节日}": "occasion",
    "{customer}": "customer", "{contact}": "contact", "{me}": "me", "{occasion}": "occasion",
}  # fmt: skip
STARTERS = (
    (_("电话未接"), _("电话无人接听，稍后再拨")),
    (_("初次介绍"), _("向{联系人}介绍了公司与产品，对方愿意进一步了解")),
    (_("已发报价"), _("已向{客户}发送报价，等待{联系人}确认")),
)


@dataclass(frozen=True)
class Choice:
    """A phrase to insert: its title and its words with names in their places."""

    title: str
    words: str
    own: bool


def phrases_of(actor: Actor) -> list[Phrase]:
    """One's own phrases and the company's, in order; retired ones only where one may change them."""
    rows = Phrase.objects.filter(Q(member_id=actor.member_id) | Q(member_id=None)).order_by("order", "id")
    return [row for row in rows[: 4 * MOST] if not row.retired or changes(actor, row)]


def phrase_for(actor: Actor, phrase_id: int) -> Phrase:
    """A phrase that one may change. Raises NotFound."""
    found = Phrase.objects.filter(pk=phrase_id).first()
    if found is None or not changes(actor, found):
        raise NotFound
    return found


def changes(actor: Actor, phrase: Phrase) -> bool:
    """Whether the actor may change it."""
    return actor.may(SHARE) if phrase.member_id is None else phrase.member_id == actor.member_id


def choices(actor: Actor, text: str, names: Mapping[str, str]) -> list[Choice]:
    """Those that fit the text (title, words, pinyin), filled in; while a company has none, a few to begin with."""
    rows = [(row.title, row.words, row.member_id is not None) for row in phrases_of(actor) if not row.retired]
    known = rows or [(str(title), str(words), False) for title, words in STARTERS]
    query = parse_query(text) if text else None
    fitting = [row for row in known if query is None or matches(query, search_key([row[0], row[1]]))]
    return [Choice(title, filled(words, names), own) for title, words, own in fitting]


def filled(words: str, names: Mapping[str, str]) -> str:
    """The words with names in their places; a place without a name stays as it is, to be seen and filled in."""
    for place, key in PLACES.items():
        words = words.replace(place, names.get(key) or place)
    return words
