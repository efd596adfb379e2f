"""Customers who wait for their first contact (首次联系时限), as a list: a filter of the list of customers that stands
in no form and no column, and its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.record import CUSTOMER
from genjin.followups.queries import waits_for
from genjin.kernel import people
from genjin.kernel.fields import Field, FieldError, Operator
from genjin.kernel.records import register_filter
from genjin.ui.addresses import list_url

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor

RUNNING, LATE = "running", "late"


@dataclass(frozen=True, kw_only=True)
class FirstContactOf(Field):
    """Customers whose clock runs for a member, or ran out for him. A filter's value is the member's id or `me`."""

    kind: ClassVar[str] = "text"

    def operators(self) -> tuple[Operator, ...]:
        """All that wait, or those that are too late."""
        return (
            Operator(RUNNING, gettext_lazy("待联系"), "one"),
            Operator(LATE, gettext_lazy("已超时"), "one"),
        )

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """A member's id."""
        text = raw.strip()
        if text == "me":
            return actor.member_id or 0
        if not text.isdecimal() or len(text) > 18:
            raise FieldError(_("「%(field)s」的筛选值不对") % {"field": self.label})
        return int(text)

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """By the index over open runs of an owner."""
        return waits_for(values[0], actor.now() if operator.key == LATE else None)

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:  # noqa: ARG002 - one signature
        """Whose they are."""
        return people.directory().member_name(self.parse_filter(raw[0], actor), actor.stamp)


WAITING = FirstContactOf(key="first_contact", label=gettext_lazy("首次联系时限"), editable=False)
register_filter(CUSTOMER.key, WAITING)


def waiting_url(member_id: int, which: str = RUNNING) -> str:
    """The customers whose first contact a member owes; exactly as many as the clocks that are counted for him."""
    return f"{list_url(CUSTOMER)}?view=all&f=1&{WAITING.key}.{which}={member_id}"
