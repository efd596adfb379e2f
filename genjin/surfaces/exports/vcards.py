"""Contacts as vCards 3.0 in UTF-8 (RFC 2426): only fields the reader may see; what would be masked is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import IO

from genjin.customers.models import Contact
from genjin.customers.record import CONTACT
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.editing import get_value
from genjin.kernel.fields import Field, Sensitivity
from genjin.kernel.fields.base import Access
from genjin.kernel.titles import titles_of
from genjin.kernel.versions import known_moments
from genjin.surfaces.exports.grants import FULL

AT_A_TIME = 500
LONGEST_LINE = 75
YEAR_UNKNOWN = 1604
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})


def write_cards(actor: Actor, ids: Iterable[int], file: IO[bytes]) -> int:
    """Write the cards of a list's contacts in its order; how many. Phones and mail addresses stand in them only when
    the actor may export these in full."""
    waiting, done = iter(ids), 0
    while some := list(islice(waiting, AT_A_TIME)):
        for text in cards(actor, some, full=actor.may(FULL)):
            file.write(text.encode())
            done += 1
    return done


def cards(actor: Actor, ids: list[int], *, full: bool = True) -> Iterator[str]:
    """The cards of these contacts, of those in sight, in this order. Two queries."""
    rows = visible_to(actor, Contact).filter(pk__in=ids).defer("search", "search_key").in_bulk()
    customers = titles_of(actor, "customer", [row.customer_id for row in rows.values()])
    moments = known_moments(actor, CONTACT, rows.values())
    shown = {f.key: f for f in CONTACT.visible_fields(actor) if not _masked(actor, f, full=full)}
    for row_id in ids:
        if row_id in rows:
            yield card(actor, rows[row_id], shown, customers.get(rows[row_id].customer_id, ""), moments[row_id])


def card(actor: Actor, contact: Contact, shown: dict[str, Field], customer: str, changed_at: datetime) -> str:
    """One card. `shown`: the fields that may stand in it, by key; `customer`: its title, '' when out of sight;
    `changed_at`: when the contact last changed, as far as the actor knows."""

    def said(key: str) -> str:
        field = shown.get(key)
        return _escaped(field.text(get_value(contact, field), actor)) if field else ""

    name = said("name") or _escaped(contact.code)
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{name};;;;", f"FN:{name}"]
    if customer and "customer" in shown:
        lines.append("ORG:" + ";".join(filter(None, [_escaped(customer), said("division")])))
    plain = {
        "TITLE": "position", "TEL;TYPE=CELL": "phone", "TEL;TYPE=WORK,VOICE": "telephone",
        "EMAIL;TYPE=INTERNET": "email", "X-WECHAT": "wechat", "NOTE": "remarks",
    }  # fmt: skip
    lines += [f"{tag}:{words}" for tag, key in plain.items() if (words := said(key))]
    if "birthday" in shown and contact.birthday:
        lines.append(_birthday(contact.birthday))
    lines += [f"UID:{contact.code}", f"REV:{changed_at:%Y-%m-%dT%H:%M:%SZ}", "END:VCARD"]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _masked(actor: Actor, field: Field, *, full: bool) -> bool:
    hides: Callable[..., str] = type(field).masked
    personal = field.sensitivity in (Sensitivity.PERSONAL, Sensitivity.SENSITIVE)
    limited = CONTACT.access(actor, field) is Access.MASKED
    return limited or (not full and personal and hides is not Field.masked)


def _birthday(born: date) -> str:
    if born.year == YEAR_UNKNOWN:
        return f"BDAY;X-APPLE-OMIT-YEAR={YEAR_UNKNOWN}:{born.isoformat()}"
    return f"BDAY:{born.isoformat()}"


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 bytes, never torn within a character; the following ones begin with a space."""
    room, part, size = LONGEST_LINE, "", 0
    for char in line:
        width = len(char.encode())
        if size + width > room:
            yield part
            part, size = " ", 1
        part, size = part + char, size + width
    yield part
