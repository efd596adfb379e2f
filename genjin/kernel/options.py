"""Option lists behind choice fields: declared defaults, overlaid by what a company changed (rows of `Option`).

An option is never lost: retiring takes it out of forms, its records keep it and show it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from genjin.kernel.fields.base import Label
from genjin.kernel.models.options import Option as OptionRow
from genjin.kernel.stamps import Stamped
from genjin.kernel.wording import in_every_language

COLOURS = ("", "acc", "info", "ok", "warn", "bad", "vio")


@dataclass(frozen=True)
class Option:
    """One option of a list: stable key, label, tone (one of COLOURS), order, retired or not."""

    key: str
    label: Label
    colour: str = ""
    order: int = 0
    retired: bool = False
    english: str = ""


@dataclass(frozen=True)
class OptionList:
    """A declared list. `creatable`: members may add options while they type (tags)."""

    key: str
    label: Label
    defaults: tuple[Option, ...] = ()
    creatable: bool = False
    synonyms: dict[str, str] = field(default_factory=dict)


LISTS: dict[str, OptionList] = {}


def declare_options(
    key: str,
    label: Label,
    defaults: Iterable[tuple[str, Label] | tuple[str, Label, str]],
    *,
    creatable: bool = False,
    synonyms: dict[str, str] | None = None,
) -> OptionList:
    """Declare a list with (key, label[, colour]) defaults."""
    options = tuple(
        Option(row[0], row[1], row[2] if len(row) == 3 else "", order=index * 10) for index, row in enumerate(defaults)
    )
    LISTS[key] = OptionList(key, label, options, creatable, synonyms or {})
    return LISTS[key]


@dataclass(frozen=True)
class _Lists:
    """All lists as they are now: {list: {key: option}}, and {list: {label in any language: key}}."""

    options: dict[str, dict[str, Option]]
    keys: dict[str, dict[str, str]]


def _load() -> _Lists:
    merged = {key: {o.key: o for o in declared.defaults} for key, declared in LISTS.items()}
    for row in OptionRow.objects.all():
        options = merged.setdefault(row.list_key, {})
        given = Option(row.key, row.label, row.colour, row.order, row.retired, row.english)
        declared = options.get(row.key)
        options[row.key] = replace(given, label=row.label or declared.label) if declared else given
    ordered = {key: dict(sorted(options.items(), key=lambda kv: kv[1].order)) for key, options in merged.items()}
    return _Lists(ordered, {key: _keys(options.values()) for key, options in ordered.items()})


def _keys(options: Iterable[Option]) -> dict[str, str]:
    found: dict[str, str] = {}
    for option in options:
        for label in (*in_every_language(option.label), option.english):
            if label:
                found.setdefault(label.casefold(), option.key)  # of options with the same label the first
    return found


_LISTS: Stamped[_Lists] = Stamped(_load)


def options_of(list_key: str, stamp: int) -> dict[str, Option]:
    """All options of a list by key in order, retired ones included (shape: {key: Option})."""
    return _LISTS.at(stamp).options.get(list_key, {})


def find_option(list_key: str, text: str, stamp: int) -> Option | None:
    """The option with this key, label (in any language) or synonym."""
    options = options_of(list_key, stamp)
    wanted = text.strip()
    if wanted in options:
        return options[wanted]
    alias = LISTS[list_key].synonyms.get(wanted) if list_key in LISTS else None
    if alias:
        return options.get(alias)
    return options.get(_LISTS.at(stamp).keys.get(list_key, {}).get(wanted.casefold(), ""))
