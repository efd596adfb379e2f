"""Settings of the company: numbers, switches, choices and texts that business rules read (the ◇ of the rulebook).

An area declares what can be set; a company's own values are rows of `Setting`; everybody reads from memory, by stamp:

    RULES = declare_section("followups", _("跟进"), order=20)
    EDIT_HOURS = declare_setting(
        "followups.edit_hours", Number(key="edit_hours", label=_("可修改时限"), least=0, greatest=720, unit=" 小时",
        help=_("…")), section=RULES, default=24)
    EDIT_HOURS.at(actor.stamp)                        # int; no query

    DAYS = declare_per_option(                        # a value for each option of a list
        "customers.rhythm_days", Number(key="rhythm_days", label=_("联系间隔"), least=1, unit=" 天"),
        section=RULES, options="customer_level", defaults={"A": 7, "B": 14}, otherwise=30)
    DAYS.at(actor.stamp)                              # {option key: value}, options without a default: `otherwise`
    DAYS.of(customer.level, actor.stamp)              # '' and unknown options: `otherwise`

The settings page, the JSON door and the audit log follow from the declarations. Values are checked by their Field
(Number, Percent, YesNo, Choice, Text, …); an empty number or choice is refused unless the default is empty too.
`after=` is called once within the change, with the actor (start a job there). Several areas may add to one section.
The action that changes settings is `org.actions.settings.change_settings`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor, system
from genjin.kernel.fields.base import Field, FieldError, Label
from genjin.kernel.models.options import Setting
from genjin.kernel.options import options_of
from genjin.kernel.stamps import Stamped

T = TypeVar("T")
After = Callable[[Actor], None]


@dataclass(frozen=True)
class SettingSection:
    """A heading of the settings page."""

    key: str
    label: Label
    note: Label = ""
    order: int = 100


@dataclass(frozen=True)
class Leaf:
    """One value that can be set: its key, the field that reads and shows it, its default."""

    key: str
    field: Field
    section: str
    default: Any
    after: After | None = None
    group: Label = ""

    @property
    def label(self) -> str:
        """What it is called outside its section."""
        return f"{self.group} · {self.field.label}" if self.group else str(self.field.label)

    def parse(self, raw: Any, actor: Actor) -> Any:
        """A value from a form or program. Raises FieldError."""
        value = self.field.parse(raw, actor)
        if value in (None, "", []) and self.default not in (None, "", []):
            raise FieldError(_("请填写「%s」") % self.field.label)
        return value


@dataclass(frozen=True)
class CompanySetting(Generic[T]):
    """One declared setting. `at(stamp)` reads it."""

    key: str
    default: T

    def at(self, stamp: int) -> T:
        """The company's value, or the default."""
        value: T = _STORED.at(stamp).get(self.key, self.default)
        return value


@dataclass(frozen=True)
class PerOption(Generic[T]):
    """A setting with a value for each option of a list."""

    key: str
    field: Field
    section: str
    options: str
    otherwise: T
    defaults: Mapping[str, T]
    after: After | None = None

    def at(self, stamp: int) -> dict[str, T]:
        """{option key: value}, retired options included."""
        return {option: self.of(option, stamp) for option in options_of(self.options, stamp)}

    def of(self, option: str, stamp: int) -> T:
        """The value of an option; `otherwise` where there is none."""
        value: T = _STORED.at(stamp).get(f"{self.key}.{option}", self.defaults.get(option, self.otherwise))
        return value

    def leaves(self, stamp: int) -> list[Leaf]:
        """A value to set for each option in use."""
        live = [o for o in options_of(self.options, stamp).values() if not o.retired]
        return [self._leaf(o.key, o.label) for o in live]

    def _leaf(self, option: str, label: Label) -> Leaf:
        default = self.defaults.get(option, self.otherwise)
        one = self.field.with_(label=label, help="")
        return Leaf(f"{self.key}.{option}", one, self.section, default, self.after, self.field.label)


SET_OFF: set[str] = set()
"""Names of jobs that changes of settings start: the settings page shows how far they are."""
SETTING_SECTIONS: dict[str, SettingSection] = {}
_DECLARED: dict[str, Leaf | PerOption[Any]] = {}


def declare_section(key: str, label: Label, note: Label = "", *, order: int = 100) -> SettingSection:
    """Declare a heading; the first declaration of a key stands."""
    return SETTING_SECTIONS.setdefault(key, SettingSection(key, label, note, order))


def declare_setting(
    key: str, field: Field, *, section: SettingSection, default: T, after: After | None = None
) -> CompanySetting[T]:
    """Declare one value. Raises ValueError for a key declared twice."""
    _keep(key, Leaf(key, field, section.key, default, after))
    return CompanySetting(key, default)


def declare_per_option(
    key: str,
    field: Field,
    *,
    section: SettingSection,
    options: str,
    otherwise: T,
    defaults: Mapping[str, T] | None = None,
    after: After | None = None,
) -> PerOption[T]:
    """Declare a value for each option of a list. Raises ValueError for a key declared twice."""
    declared = PerOption(key, field, section.key, options, otherwise, defaults or {}, after)
    _keep(key, declared)
    return declared


def leaves(stamp: int) -> dict[str, Leaf]:
    """Every value that can be set now, by key, in the order of declaration (shape: {key: Leaf})."""
    found: dict[str, Leaf] = {}
    for declared in _DECLARED.values():
        for leaf in [declared] if isinstance(declared, Leaf) else declared.leaves(stamp):
            found[leaf.key] = leaf
    return found


def value_of(leaf: Leaf, stamp: int) -> Any:
    """What a value is now."""
    return _STORED.at(stamp).get(leaf.key, leaf.default)


def group_help(group: Label) -> str:
    """The help of the values for each option that stand under one label."""
    known = (d.field for d in _DECLARED.values() if isinstance(d, PerOption))
    return next((str(f.help) for f in known if str(f.label) == str(group)), "")


def from_json(leaf: Leaf, stored: Any) -> Any:
    """A stored value as the rules read it; the default where the declaration no longer allows it."""
    try:
        return leaf.parse(stored, system())
    except FieldError:
        return leaf.default


def _keep(key: str, declared: Leaf | PerOption[Any]) -> None:
    if key in _DECLARED:
        raise ValueError(f"setting {key} is declared twice")
    _DECLARED[key] = declared


def _load() -> dict[str, Any]:
    """{key: value} of what the company set; values of retired options stay known."""
    rows = dict(Setting.objects.values_list("key", "value"))
    found: dict[str, Any] = {}
    for key, stored in rows.items():
        leaf = _leaf_of(key)
        if leaf is not None:
            found[key] = from_json(leaf, stored)
    return found


def _leaf_of(key: str) -> Leaf | None:
    declared = _DECLARED.get(key)
    if isinstance(declared, Leaf):
        return declared
    family, _dot, option = key.rpartition(".")
    many = _DECLARED.get(family)
    return many._leaf(option, option) if isinstance(many, PerOption) else None


_STORED: Stamped[dict[str, Any]] = Stamped(_load)
