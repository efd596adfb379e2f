"""What a rule of duplicates is: alternatives (OR) of conditions (AND), what it does at each entry, whom it tells what;
and what a type declares of the fields it is compared by. No queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from genjin.kernel.actor import Surface
from genjin.kernel.fields.base import Field, Label


class Entry(StrEnum):
    """Where a record may come in, or where somebody asks."""

    CREATE = "create"
    EDIT = "edit"
    API = "api"
    IMPORT = "import"
    FORM = "form"
    TOOL = "tool"


class Effect(StrEnum):
    """What a hit does there. In the tool nothing is entered: whatever is on shows it."""

    OFF = "off"
    WARN = "warn"
    BLOCK = "block"


class How(StrEnum):
    """Equal in its normal form, or alike."""

    EXACT = "exact"
    FUZZY = "fuzzy"


class Told(StrEnum):
    """What somebody hears of records that he may not see: as if they were not there, or that they are."""

    NOTHING = "nothing"
    EXISTS = "exists"


class Kind(StrEnum):
    """How the values of a field are compared."""

    COMPANY = "company"
    PHONE = "phone"
    EMAIL = "email"
    CODE = "code"
    TEXT = "text"
    LINK = "link"
    ADDRESS = "address"


SHOWN: Mapping[str, Label] = {"name": _("名称"), "owner": _("负责人"), "department": _("所属部门")}
ENTRY_WORDS: Mapping[Entry, Label] = {
    Entry.CREATE: pgettext_lazy("entry of records", "页面新建"),
    Entry.EDIT: pgettext_lazy("entry of records", "页面编辑"),
    Entry.API: pgettext_lazy("entry of records", "接口新建和编辑"),
    Entry.IMPORT: pgettext_lazy("entry of records", "导入"),
    Entry.FORM: pgettext_lazy("entry of records", "公开表单"),
    Entry.TOOL: pgettext_lazy("entry of records", "查重工具"),
}
EFFECT_WORDS: Mapping[Effect, Label] = {
    Effect.OFF: pgettext_lazy("effect of a duplicate", "不查"),
    Effect.WARN: pgettext_lazy("effect of a duplicate", "提示，可继续"),
    Effect.BLOCK: pgettext_lazy("effect of a duplicate", "禁止"),
}
TOLD_WORDS: Mapping[Told, Label] = {
    Told.EXISTS: _("告知已存在，请联系其负责人"),
    Told.NOTHING: _("什么都不说，像没有这条记录一样"),
}
LOOSE = frozenset({Kind.COMPANY, Kind.PHONE})
"""Kinds that can be alike without being equal."""
OF_SURFACE = {Surface.API: Entry.API, Surface.IMPORT: Entry.IMPORT, Surface.FORM: Entry.FORM}
WARNED = dict.fromkeys(Entry, Effect.WARN)


@dataclass(frozen=True, slots=True)
class Condition:
    """One field of a rule."""

    field: str
    how: How = How.EXACT


@dataclass(frozen=True)
class Compared:
    """A field that a type can be compared by. `column` holds its normal form and has an index (of its lower case for an
    e-mail address); `loose` a name's loose key, likewise. `alone`: whether it says enough without another condition.
    `own`: a field that the company added (see `comparing`). `beside`: of an address, the field with its region; records
    are found by the traces that registering leaves (`models.Trace`)."""

    field: str
    kind: Kind
    column: str
    loose: str = ""
    alone: bool = True
    own: Field | None = None
    beside: str = ""


@dataclass(frozen=True, kw_only=True)
class DuplicateRuling:
    """A rule as it is in force. `preset`: the declared rule that it is (or replaces)."""

    record_type: str
    preset: str = ""
    id: int = 0
    name: Label
    alternatives: tuple[tuple[Condition, ...], ...]
    effects: Mapping[Entry, Effect] = field(default_factory=lambda: dict(WARNED))
    told: Told = Told.EXISTS
    shown: tuple[str, ...] = ("owner",)
    on: bool = True

    def at(self, entry: Entry) -> Effect:
        """What it does at an entry."""
        return self.effects.get(entry, Effect.OFF) if self.on else Effect.OFF


COMPARED: dict[str, dict[str, Compared]] = {}
PRESETS: dict[str, tuple[DuplicateRuling, ...]] = {}


def declare_compared(record_type: str, *compared: Compared, presets: tuple[DuplicateRuling, ...] = ()) -> None:
    """Say, beside a record type, by which fields it is compared, and the rules it comes with."""
    if record_type in COMPARED:
        raise ValueError(f"{record_type} declares twice by what it is compared")
    COMPARED[record_type] = {one.field: one for one in compared}
    PRESETS[record_type] = presets
    for preset in presets:
        if any(c.field not in COMPARED[record_type] for alternative in preset.alternatives for c in alternative):
            raise ValueError(f"{record_type}: {preset.preset} asks about a field that is not compared")
