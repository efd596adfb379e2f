"""What is made of the numbers of a campaign (B20). No queries, and no division by nothing: where there is nothing to
divide by, there is no rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from genjin.kernel.money import per_cent

NOTHING = Decimal()


class Way(TextChoices):
    """To which of its touches a lead or an opportunity is credited."""

    FIRST = "first", _("首次触达")
    LAST = "last", _("末次触达")

    @property
    def field(self) -> str:
        """The field of leads and opportunities that holds it."""
        return f"{self.value}_campaign"


@dataclass
class Credit:
    """What is credited to a campaign, as far as the reader sees it. `opportunities` without invalid ones; `revenue`:
    the amounts of those that were won."""

    leads: int = 0
    converted: int = 0
    opportunities: int = 0
    won: int = 0
    revenue: Decimal = NOTHING

    def __add__(self, other: Credit) -> Credit:
        return Credit(
            self.leads + other.leads,
            self.converted + other.converted,
            self.opportunities + other.opportunities,
            self.won + other.won,
            self.revenue + other.revenue,
        )

    @property
    def conversion(self) -> int | None:
        """Of its leads, those that became customers, in per cent."""
        return per_cent(self.converted, self.leads)

    def cost_per_lead(self, cost: Decimal | None) -> Decimal | None:
        """线索成本: cost ÷ leads; nothing while the cost is not known or there are no leads."""
        return (cost / self.leads).quantize(Decimal("0.01"), ROUND_HALF_UP) if cost is not None and self.leads else None

    def roi(self, cost: Decimal | None) -> int | None:
        """投资回报率: (won revenue - cost) ÷ cost, in per cent; nothing for what cost nothing."""
        return per_cent(self.revenue - cost, cost) if cost else None
