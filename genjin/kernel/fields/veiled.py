"""A field that an actor may only see masked: every surface gets it in place of the field itself, so that none can show,
sort or search more of a value than its masked form (B19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.fields.base import EMPTY_OPERATORS, Field, FieldError, Operator

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor

WHOLE = Operator("is", gettext_lazy("等于"), "one")
ASKED_WHOLE = {"phone", "email"}


@dataclass(frozen=True, kw_only=True)
class Veiled(Field):
    """`inner` as masked text. Filtered by empty, filled and, for phones and e-mails, by the whole value only."""

    inner: Field

    @property
    def attribute(self) -> str:
        """Where the inner field keeps its value."""
        return self.inner.attribute

    def parse_given(self, raw: Any, actor: Actor) -> Any:
        """Nothing can be written here. Raises FieldError."""
        raise FieldError(_("您只能看到「%s」的一部分，不能修改") % self.label)

    def text(self, value: Any, actor: Actor) -> str:
        """The masked form."""
        return self.inner.veiled(value)

    def masked(self, value: Any, actor: Actor) -> str:
        """The masked form."""
        return self.inner.veiled(value)

    def veiled(self, value: Any) -> str:
        """The masked form."""
        return self.inner.veiled(value)

    def to_json(self, value: Any) -> Any:
        """The masked form."""
        return self.inner.veiled(value)

    def form_value(self, value: Any, actor: Actor) -> Any:
        """The masked form."""
        return self.inner.veiled(value)

    def stored(self, value: Any) -> Any:
        """As the inner field keeps it."""
        return self.inner.stored(value)

    def loaded(self, raw: Any) -> Any:
        """As the inner field reads it."""
        return self.inner.loaded(raw)

    def operators(self) -> tuple[Operator, ...]:
        """Whole, empty, filled."""
        asked = self.inner.kind in ASKED_WHOLE and self.inner.operators() != EMPTY_OPERATORS
        return (WHOLE, *EMPTY_OPERATORS) if asked else EMPTY_OPERATORS

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """The normal form of a whole value. Raises FieldError for a piece."""
        return self.inner.parse(raw, actor)

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """Equality, nothing else."""
        return Q(**{self.path: values[0]})

    def looked_for(self, operator: str, raw: list[str], actor: Actor) -> str:
        """As of the inner field."""
        return self.inner.looked_for(operator, raw, actor)

    def emptiness(self) -> Q:
        """As of the inner field."""
        return self.inner.emptiness()


def veil(field: Field) -> Veiled:
    """The masked form of a field."""
    return Veiled(
        key=field.key, label=field.label, column=field.path, help=field.help, section=field.section,
        sensitivity=field.sensitivity, editable=False, filterable=field.filterable, in_list=field.in_list,
        width=field.width, inner=field,
    )  # fmt: skip
