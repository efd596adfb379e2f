"""What an offer tells its receiver of a record that is not his yet: its name and the options that describe it, as far
as his field rights go. Nothing by which it could be reached."""

from __future__ import annotations

from genjin.allocation.portraits import portrait_of
from genjin.allocation.queries import Waiting
from genjin.kernel.actor import Actor
from genjin.kernel.editing import get_value
from genjin.kernel.fields.veiled import Veiled
from genjin.kernel.records import RECORD_TYPES


def title_of(one: Waiting) -> str:
    """The name of the record."""
    return str(getattr(one.record, RECORD_TYPES[one.offer.record_type].title))


def about(actor: Actor, one: Waiting) -> dict[str, str]:
    """{key of a trait: its value in words} of those that the receiver may know and that are filled."""
    seen = RECORD_TYPES[one.offer.record_type].seen_by(actor)
    told = {}
    for key in portrait_of(one.offer.record_type).traits:
        known = seen.own_fields.get(key)
        if known is not None and not isinstance(known, Veiled):
            told[key] = known.text(get_value(one.record, known), actor)
    return {key: words for key, words in told.items() if words}
