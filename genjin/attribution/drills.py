"""From each number to its rows: addresses of lists that show exactly as many as the number says. A campaign's are found
by the fields of leads and opportunities; those of a year by a filter that stands in no form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.attribution.queries import begun_in, counts
from genjin.attribution.rules import Way
from genjin.kernel.actor import Actor
from genjin.kernel.digits import number_in
from genjin.kernel.fields import Field, FieldError, Operator
from genjin.kernel.records import RecordType, register_filter
from genjin.leads.record import LEAD
from genjin.opportunities.record import OPPORTUNITY
from genjin.ui.addresses import list_url

YEAR = "campaigns_of"


@dataclass(frozen=True, kw_only=True)
class OfYear(Field):
    """Records that the campaigns of a year touched first, or last."""

    of: str
    kind: ClassVar[str] = "text"

    def operators(self) -> tuple[Operator, ...]:
        """By the first touch, by the last."""
        return tuple(Operator(way.value, way.label, "one") for way in Way)

    def parse_filter(self, raw: str, actor: Actor) -> Any:  # noqa: ARG002 - one signature for all fields
        """A year."""
        year = number_in(raw.strip())
        if year is not None and 1900 < year < 9999:
            return year
        raise FieldError(_("「%(field)s」的筛选值不对") % {"field": self.label})

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """Raises FieldError where the touches are kept from the actor."""
        way = Way(operator.key)
        declared = {one.key: one for one in (LEAD, OPPORTUNITY)}[self.of]
        if not counts(actor, declared, way):
            raise FieldError(_("「%(field)s」不支持这种筛选方式") % {"field": self.label})
        return begun_in(values[0], f"{way.field}__")

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:  # noqa: ARG002 - one signature
        """首次触达 2026."""
        return f"{Way(operator).label} {raw[0][:4]}"


for _type in (LEAD, OPPORTUNITY):
    register_filter(_type.key, OfYear(key=YEAR, label=gettext_lazy("市场活动的年份"), editable=False, of=_type.key))


def rows_of(declared: RecordType, way: Way, campaign_id: int | None, year: int, *more: tuple[str, str]) -> str:
    """The records credited to a campaign; without one to all campaigns of a year."""
    chosen = (f"{way.field}.in", str(campaign_id)) if campaign_id else (f"{YEAR}.{way.value}", str(year))
    return f"{list_url(declared)}?{urlencode([('f', '1'), chosen, *more])}"
