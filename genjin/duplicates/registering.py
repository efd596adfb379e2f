"""What registrations of a type are looked at by (S2-59…62): which types, their address and source, what can be found.
By which fields records are compared is declared for 查重 already (`rules.Compared`); nothing here asks the database.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.duplicates.rules import COMPARED, Compared, Kind
from genjin.kernel.fields.base import Label
from genjin.kernel.records import RECORD_TYPES

ADDRESS = "address"


class Finding(StrEnum):
    """What may be wrong with a registration."""

    SAME = "same"
    AGAIN = "again"
    BURST = "burst"


class By(StrEnum):
    """What many registrations in a short time have in common."""

    MEMBER = "member"
    SOURCE = "source"
    RANGE = "range"


class Ruling(StrEnum):
    """What reviewers make of it."""

    OPEN = "open"
    HARMLESS = "harmless"
    CONFIRMED = "confirmed"


FINDING_WORDS: Mapping[Finding, Label] = {
    Finding.SAME: pgettext_lazy("risk of a registration", "与别的记录相同"),
    Finding.AGAIN: pgettext_lazy("risk of a registration", "重新登记"),
    Finding.BURST: pgettext_lazy("risk of a registration", "短时间大量登记"),
}
RULING_WORDS: Mapping[Ruling, Label] = {
    Ruling.OPEN: pgettext_lazy("ruling on a risk", "待核查"),
    Ruling.HARMLESS: pgettext_lazy("ruling on a risk", "无问题"),
    Ruling.CONFIRMED: pgettext_lazy("ruling on a risk", "属实"),
}
BY_WORDS: Mapping[By, Label] = {
    By.MEMBER: _("同一登记人"),
    By.SOURCE: _("同一来源"),
    By.RANGE: _("同一号段"),
}


@dataclass(frozen=True)
class Registered:
    """A type whose new records are looked at, beside those of its own and of types that are named. `address`, `region`,
    `source`: keys of its fields, "" for none."""

    record_type: str
    address: str = ""
    region: str = ""
    source: str = ""
    beside: tuple[str, ...] = ()

    @property
    def types(self) -> list[str]:
        """Those that are looked through."""
        return [key for key in (self.record_type, *self.beside) if key in REGISTERED]

    def same(self) -> list[Compared]:
        """Fields of which two records should not have the same value."""
        return [c for c in COMPARED[self.record_type].values() if c.alone and c.kind in SHARED]

    def names(self) -> list[Compared]:
        """Names by which one that is gone is known again."""
        return [c for c in COMPARED[self.record_type].values() if c.kind is Kind.COMPANY]

    def watched(self) -> set[str]:
        """Columns whose change is looked at as a registration is."""
        names = RECORD_TYPES[self.record_type].attributes
        placed = {names[key] for key in (self.address, self.region) if key in names} if self.address else set()
        return {c.column for c in self.same()} | placed

    def fields_of(self, columns: Collection[str]) -> set[str]:
        """What of it changed, as findings name it."""
        changed = {c.field for c in self.same() if c.column in columns}
        placed = self.watched() - {c.column for c in self.same()}
        return changed | ({ADDRESS} if placed & set(columns) else set())

    def phones(self) -> list[Compared]:
        """Numbers whose ranges are counted."""
        return [c for c in COMPARED[self.record_type].values() if c.kind is Kind.PHONE]


SHARED = frozenset({Kind.PHONE, Kind.CODE, Kind.EMAIL})
REGISTERED: dict[str, Registered] = {}


def declare_registered(registered: Registered) -> None:
    """Say, after `declare_compared`, that new records of a type are looked at."""
    if registered.record_type not in COMPARED:
        raise ValueError(f"{registered.record_type} declares nothing to be compared by")
    if registered.record_type in REGISTERED:
        raise ValueError(f"{registered.record_type} is declared twice")
    REGISTERED[registered.record_type] = registered
