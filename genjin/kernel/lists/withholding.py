"""Searching for who may not know all that a record is found by: a hidden phone number must not be guessed digit by
digit from what is found and how much (B19, trust flaw 4).

The index knows no actors. So what it finds for such a one is read again, newest first, and checked against a key made
of what he may know: a masked value counts only whole, a masked number also by just its last four digits. Who may know
everything pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db.models import Q

from genjin.kernel.actor import Actor
from genjin.kernel.fields.base import Access, Field
from genjin.kernel.lists.reading import Cursor, ListQuery
from genjin.kernel.records import RecordType
from genjin.kernel.search_text import SearchQuery, Section, Way, index_tokens, matches, parse_query, search_key
from genjin.kernel.search_text.tokens import TAIL, phone_digits, squashed
from genjin.kernel.sights import in_force, searched_own

MOST_HITS = 500
AT_A_TIME = 500
MOST_READ = 5_000
Read = Callable[[Actor, ListQuery, list[Field]], tuple[list[dict[str, Any]], str | None]]


def told(actor: Actor, query: ListQuery, read: Read) -> ListQuery:
    """The query without its text, narrowed to the newest records that hold it in what the actor may know; the query
    itself where nothing is kept from him. `read`: a page of values by field key, with the cursor of the next."""
    if not query.text or not actor.rights:
        return query
    declared = query.record_type.seen_by(actor)
    parsed = parse_query(query.text)
    if not declared.withheld or parsed is None:
        return query
    sources = _sources(actor, declared, parsed)
    if not sources.telling:
        return query
    read_again = _candidates(actor, query, sources, read)
    found = islice((row_id for row_id, values in read_again if sources.hold(parsed, values)), MOST_HITS)
    return replace(query, text="", only=query.only & Q(pk__in=list(found)))


@dataclass(frozen=True)
class _Sources:
    """What a record is found by, of what kind it is, what of it is kept from the actor, and what of that the text could
    be found in: a phone number has no letters."""

    names: tuple[str, ...]
    phones: tuple[str, ...]
    codes: tuple[str, ...]
    others: tuple[str, ...]
    columns: tuple[Field, ...]
    withheld: Mapping[str, Access]
    telling: frozenset[str]

    def hold(self, parsed: SearchQuery, values: Mapping[str, Any]) -> bool:
        """Whether a record holds every part in what may be known of it."""
        if not any(values.get(attribute) for attribute in self.telling):
            return True
        names, phones = self._plain(self.names, values), self._plain(self.phones, values)
        codes, others = self._plain(self.codes, values), self._plain(self.others, values)
        tokens = index_tokens(names=names, phones=phones, codes=codes, others=others)
        key = search_key([*names, *others], phones, codes)
        whole = set(self._whole(values))
        return all(_holds(part, tokens, key) or _is_whole(part, whole) for part in parsed.parts)

    def _plain(self, attributes: tuple[str, ...], values: Mapping[str, Any]) -> list[str]:
        return [str(values[a]) for a in attributes if a not in self.withheld and values.get(a)]

    def _whole(self, values: Mapping[str, Any]) -> Iterator[str]:
        for attribute, access in self.withheld.items():
            value = str(values.get(attribute) or "")
            if access is Access.MASKED and value and attribute in self.phones:
                digits = phone_digits(value)
                yield from {digits, digits[-TAIL:]}
            elif access is Access.MASKED and value:
                yield squashed(value)


def _holds(part: tuple[Way, ...], tokens: list[str], key: str) -> bool:
    """As the database asks: the tokens of one way, and the check of one."""
    known = set(tokens)

    def there(token: str) -> bool:
        return any(each.startswith(token[:-1]) for each in tokens) if token.endswith("*") else token in known

    return any(all(map(there, way.tokens)) for way in part) and matches(SearchQuery((part,)), key)


def _is_whole(part: tuple[Way, ...], whole: set[str]) -> bool:
    return any(way.check.needle in whole for way in part if way.check.section in (Section.TEXT, Section.NUMBERS))


def _sources(actor: Actor, declared: RecordType, parsed: SearchQuery) -> _Sources:
    searched = declared.searched
    own = list(searched_own(declared, actor.stamp))
    phones = (*searched.phones, *(f.attribute for f in own if f.kind == "phone"))
    others = (*searched.others, *(f.attribute for f in own if f.kind != "phone"))
    known = {f.attribute: f for f in in_force(declared, actor.stamp).fields}
    wanted = (*searched.names, *phones, *searched.codes, *others)
    columns = tuple(known[a] for a in dict.fromkeys(wanted) if a in known)
    needles = (way.check.needle for part in parsed.parts for way in part)
    digits = any(sign.isdigit() for needle in needles for sign in needle)
    telling = frozenset(attribute for attribute in declared.withheld if digits or attribute not in phones)
    return _Sources(searched.names, phones, searched.codes, others, columns, declared.withheld, telling)


def _candidates(actor: Actor, query: ListQuery, sources: _Sources, read: Read) -> Iterator[tuple[int, dict[str, Any]]]:
    """(id, {attribute: value}) of what the index finds, the newest first, as many as are looked through."""
    newest = replace(query.without_page(), sort=None, descending=True, size=AT_A_TIME)
    passed = 0
    while passed < MOST_READ:
        rows, following = read(actor, newest, list(sources.columns))
        for row in rows:
            yield row["id"], {f.attribute: row[f.key] for f in sources.columns}
        passed += len(rows)
        if following is None:
            return
        newest = replace(newest, after=Cursor.read(following))
