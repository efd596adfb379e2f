"""Addresses of the generic pages. `<plural:record_type>` in a route stands for the declaration itself."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.urls import register_converter, reverse

from genjin.kernel.actor import Actor
from genjin.kernel.notices import Notice
from genjin.kernel.records import RECORD_TYPES, RecordType, by_plural
from genjin.kernel.refusal import NotFound


class PluralConverter:
    """The plural of a declared record type."""

    regex = "[a-z][a-z_-]*"

    def to_python(self, value: str) -> RecordType:
        """The declaration; an unknown word is no address."""
        record_type = by_plural(value)
        if record_type is None:
            raise ValueError(value)
        return record_type

    def to_url(self, value: RecordType | str) -> str:
        """The plural."""
        return value if isinstance(value, str) else value.plural


register_converter(PluralConverter, "plural")


def list_url(record_type: RecordType) -> str:
    """`/customers`."""
    return fixed_url("list", record_type.plural)


def fixed_url(name: str, *parts: str) -> str:
    """The address of a named page whose parts are the program's words: few, hence each is built once."""
    return _fixed_url(settings.ROOT_URLCONF, name, parts)


@cache
def _fixed_url(urlconf: str, name: str, parts: tuple[str, ...]) -> str:
    return reverse(name, urlconf=urlconf, args=parts)


def record_url(record_type: RecordType | str, record_id: int) -> str:
    """`/customers/12`."""
    declared = RECORD_TYPES[record_type] if isinstance(record_type, str) else record_type
    return f"{list_url(declared)}/{record_id}"


def notice_url(notice: Notice) -> str:
    """Where a message leads: its record at the place, or else the page, that its kind names; '' for nowhere."""
    if not notice.record_id:
        return notice.place
    place = record_url(notice.record_type, notice.record_id)
    return f"{place}#{notice.anchor}" if notice.anchor else place


def demand_seeing(actor: Actor, record_type: RecordType) -> None:
    """A type one may not see does not exist. Raises NotFound."""
    if not actor.may(record_type.grant("see")):
        raise NotFound


__all__ = ["PluralConverter", "demand_seeing", "fixed_url", "list_url", "notice_url", "record_url"]
