"""The records of one import as a list: a filter of the lists of what imports bring, in no form and no column, and its
address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.fields import Field, FieldError, Operator
from genjin.kernel.records import RECORD_TYPES, by_plural, register_filter
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.queries import filename_of, records_of
from genjin.ui.addresses import list_url

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor

MADE, CHANGED = "is", "changed"


@dataclass(frozen=True, kw_only=True)
class BroughtBy(Field):
    """Records that an import made, or changed. A filter's value is the import's id; of other members' imports there are
    none."""

    kind: ClassVar[str] = "text"
    record_type: str

    def operators(self) -> tuple[Operator, ...]:
        """What it made, or customers that it filled or overwrote."""
        return (Operator(MADE, gettext_lazy("带来的"), "one"), Operator(CHANGED, gettext_lazy("更新的"), "one"))

    def parse_filter(self, raw: str, actor: Actor) -> Any:  # noqa: ARG002 - one signature
        """An import's id."""
        text = raw.strip()
        if not text.isdecimal() or len(text) > 18:
            raise FieldError(_("「%(field)s」的筛选值不对") % {"field": self.label})
        return int(text)

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """By the index over what imports brought."""
        verb = "changed" if operator.key == CHANGED else "made"
        return Q(pk__in=records_of(actor, values[0], self.record_type, verb))

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:  # noqa: ARG002 - one signature
        """The name of the file."""
        return filename_of(actor, self.parse_filter(raw[0], actor)) or "—"


for _key in sorted({part.key for kind in KINDS.values() for part in kind.parts}):
    if _key in RECORD_TYPES:
        register_filter(_key, BroughtBy(key="import", label=gettext_lazy("导入"), editable=False, record_type=_key))


def brought_url(import_id: int, plural: str, which: str = MADE) -> str:
    """The list of exactly what an import brought of a type; '' for a type that has no list."""
    declared = by_plural(plural)
    if declared is None or not declared.listed:
        return ""
    return f"{list_url(declared)}?view=all&f=1&life=any&import.{which}={import_id}"
