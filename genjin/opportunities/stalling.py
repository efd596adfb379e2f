"""Which opportunities stall (B9), as a filter of their list: longer in their stage than allowed, or nobody in touch for
so many days. It stands in no form and no column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError, Operator
from genjin.kernel.records import register_filter
from genjin.opportunities.queries.cards import late_now, quiet_now
from genjin.opportunities.record import OPPORTUNITY

ANY, STAGE, QUIET = "any", "stage", "quiet"
WORDS = {
    ANY: gettext_lazy("阶段超期或久未跟进"),
    STAGE: gettext_lazy("阶段超期"),
    QUIET: gettext_lazy("久未跟进"),
}


@dataclass(frozen=True, kw_only=True)
class Stalls(Field):
    """Opportunities that stall for one of the reasons that B9 names; its value is 1."""

    kind: ClassVar[str] = "text"

    def operators(self) -> tuple[Operator, ...]:
        """For whichever reason, for its stage, for the silence."""
        return tuple(Operator(key, label, "one") for key, label in WORDS.items())

    def parse_filter(self, raw: str, actor: Actor) -> Any:  # noqa: ARG002 - one signature for all fields
        """Nothing but 1."""
        if raw.strip() != "1":
            raise FieldError(_("「%(field)s」的筛选值不对") % {"field": self.label})
        return 1

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:  # noqa: ARG002 - one signature
        """As far as the actor knows what tells it: nobody learns from a filter what is hidden from him."""
        reasons = [
            reason
            for key, known, reason in (
                (STAGE, _knows_stage(actor), late_now(actor)),
                (QUIET, _knows_silence(actor), quiet_now(actor)),
            )
            if known and operator.key in (key, ANY)
        ]
        if not reasons and operator.key == ANY:
            return Q(pk__in=[])
        if not reasons:
            raise FieldError(_("「%(field)s」不支持这种筛选方式") % {"field": self.label})
        found = reasons[0]
        for reason in reasons[1:]:
            found |= reason
        return found

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:  # noqa: ARG002 - one signature
        """阶段超期或久未跟进."""
        return str(WORDS[operator])


def _knows_stage(actor: Actor) -> bool:
    return "stalls_on" in OPPORTUNITY.seen_by(actor).own_fields


def _knows_silence(actor: Actor) -> bool:
    known = OPPORTUNITY.seen_by(actor).own_fields.keys(), CUSTOMER.seen_by(actor).own_fields.keys()
    return all("last_followed_at" in keys for keys in known)


register_filter(OPPORTUNITY.key, Stalls(key="stalls", label=gettext_lazy("停滞"), editable=False))
