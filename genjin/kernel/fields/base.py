"""The field object: key, label, where its value lives, how it is read, checked, filtered and shown as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.masking import HIDDEN
from genjin.kernel.wording import listed

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

    from genjin.kernel.actor import Actor

Label = str | Promise


class Values(dict[str, Any]):
    """Parsed values of a record type's fields, by field key: the input of actions that create or edit."""


class FieldError(ValueError):
    """A raw input cannot be a value of this field; the message says why and how to mend it."""


class Sensitivity(StrEnum):
    """How carefully a field's values are treated (ASVS 14.1.1, B19)."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Access(StrEnum):
    """What an actor may do with a field."""

    HIDDEN = "hidden"
    MASKED = "masked"
    READ = "read"
    EDIT = "edit"


@dataclass(frozen=True)
class Operator:
    """A way to filter: its key in URLs, its words, how many values it takes and the condition it makes."""

    key: str
    label: Label
    takes: str  # "one" | "many" | "range" | "none"
    lookup: str = ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One declared field. `column` is the ORM path its value is read from (defaults to the key)."""

    key: str
    label: Label
    column: str = ""
    help: Label = ""
    section: str = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    required: bool = False
    unique: bool = False
    editable: bool = True
    sortable: bool = False
    filterable: bool = True
    in_list: bool = False
    width: int = 0
    shown_when: Callable[[Mapping[str, Any]], bool] | None = None
    required_when: Callable[[Mapping[str, Any]], bool] | None = None
    default: Any = None

    kind: ClassVar[str] = "text"
    wide: ClassVar[bool] = False
    own: ClassVar[bool] = False
    beside: ClassVar[bool] = False
    """Whether its values stand in a narrow table beside the record's, reached by `column` ("score__total")."""

    @property
    def path(self) -> str:
        """The ORM path of the stored value."""
        return self.column or self.key

    @property
    def attribute(self) -> str:
        """The attribute of a model instance that holds the stored value."""
        return self.path

    def expression(self) -> Combinable:
        """The SQL expression the value is read from."""
        return F(self.path)

    def with_(self, **changes: Any) -> Self:
        """A copy with other facts (a form's required field, an action's own label)."""
        return replace(self, **changes)

    def parse(self, raw: Any, actor: Actor) -> Any:
        """A stored value from what a form, file or program gave. Raises FieldError. Empty input gives None."""
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        return self.parse_given(raw, actor)

    def parse_given(self, raw: Any, actor: Actor) -> Any:
        """Parse an input that is not empty."""
        return str(raw).strip()

    def text(self, value: Any, actor: Actor) -> str:
        """The value as a person reads it (plain text, in the actor's language and zone); '' when empty."""
        return "" if value is None else str(value)

    def masked(self, value: Any, actor: Actor) -> str:
        """The value as shown where it is masked (lists, pools, timelines)."""
        return self.text(value, actor)

    def veiled(self, value: Any) -> str:
        """What is left of a value for who may only see it masked (B19): enough to recognise, too little to use."""
        return HIDDEN if value not in (None, "", [], False) else ""

    def stored(self, value: Any) -> Any:
        """A parsed value as its place keeps it: a column as it is, a field of their own as JSON."""
        return value

    def loaded(self, raw: Any) -> Any:
        """The value from what its place keeps."""
        return raw

    def read_beside(self, row: Any) -> Any:
        """The value of one record, where it stands `beside` it; lists read it by its path."""
        table, _dot, column = self.path.partition("__")
        return getattr(getattr(row, table, None), column, None)

    def compared(self, row: Any, value: Any) -> Any:
        """What conditions about one record compare, given its stored value."""
        return value

    def to_json(self, value: Any) -> Any:
        """The value as JSON: also the form in which events keep it."""
        return value

    def form_value(self, value: Any, actor: Actor) -> Any:
        """What an input control is filled with."""
        return "" if value is None else value

    def operators(self) -> tuple[Operator, ...]:
        """The filters this field offers."""
        return (*TEXT_OPERATORS, *EMPTY_OPERATORS)

    def condition(self, operator: str, raw: list[str], actor: Actor) -> Q:
        """The filter as a condition. Raises FieldError for an operator or value that is not allowed."""
        chosen = next((o for o in self.operators() if o.key == operator), None)
        if chosen is None:
            raise FieldError(_("「%(field)s」不支持这种筛选方式") % {"field": self.label})
        if chosen.takes == "none":
            return self.emptiness() if chosen.key == "empty" else ~self.emptiness()
        values = [self.parse_filter(value, actor) for value in raw if value.strip()]
        if not values:
            raise FieldError(_("请为「%(field)s」选择或输入筛选值") % {"field": self.label})
        return self.compare(chosen, values, actor)

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """Parse one filter value; looser than parse()."""
        return raw.strip()

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """The condition for parsed values."""
        if operator.takes == "many":
            condition = Q(**{f"{self.path}__in": values})
            return ~condition if operator.key == "not" else condition
        if operator.takes == "range":
            low, high = values[0], values[-1]
            return Q(**{f"{self.path}__gte": low, f"{self.path}__lte": high})
        return Q(**{f"{self.path}__{operator.lookup}" if operator.lookup else self.path: values[0]})

    def looked_for(self, operator: str, raw: list[str], actor: Actor) -> str:
        """What a filter that fits looks for by an index of pieces; '' where there is none."""
        return ""

    def emptiness(self) -> Q:
        """The condition for 'has no value'."""
        return Q(**{f"{self.path}__isnull": True})

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:
        """The filter's values in words, for its chip."""
        return listed(raw)


TEXT_OPERATORS = (
    Operator("contains", gettext_lazy("包含"), "one", "icontains"),
    Operator("is", gettext_lazy("等于"), "one", "iexact"),
    Operator("starts", gettext_lazy("开头是"), "one", "istartswith"),
)
EMPTY_OPERATORS = (Operator("empty", gettext_lazy("为空"), "none"), Operator("filled", gettext_lazy("不为空"), "none"))
CHOICE_OPERATORS = (
    Operator("in", gettext_lazy("属于"), "many"),
    Operator("not", gettext_lazy("不属于"), "many"),
    *EMPTY_OPERATORS,
)
ORDER_OPERATORS = (
    Operator("from", gettext_lazy("不早于"), "one", "gte"),
    Operator("to", gettext_lazy("不晚于"), "one", "lte"),
    Operator("between", gettext_lazy("介于"), "range"),
)
NUMBER_OPERATORS = (
    Operator("eq", gettext_lazy("等于"), "one"),
    Operator("gte", gettext_lazy("不小于"), "one", "gte"),
    Operator("lte", gettext_lazy("不大于"), "one", "lte"),
    Operator("between", gettext_lazy("介于"), "range"),
)
