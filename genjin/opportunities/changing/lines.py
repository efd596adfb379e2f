"""What a product line comes to. Steps of the actions that write lines."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from genjin.kernel.models.rows import fresh
from genjin.kernel.refusal import Refused
from genjin.opportunities.models import Line, Opportunity
from genjin.opportunities.rules import CENT, line_total

MOST_TOTAL = Decimal(10) ** 13


def count_line(line: Line) -> None:
    """Keep what a line comes to. Raises Refused("too_much")."""
    line.total = line_total(line.price, line.quantity, line.discount)
    if line.total >= MOST_TOTAL:
        raise Refused("too_much", _("这一行的金额太大了，请检查单价和数量"), "price")


def first_line(row: Opportunity, product: str, price: Decimal | None, quantity: Decimal | None) -> Line:
    """The line of a new opportunity that was sold as one product: without a price it comes to the amount. Raises
    Refused("too_much")."""
    count = quantity or Decimal(1)
    each = price if price is not None else ((row.amount or Decimal()) / count).quantize(CENT, ROUND_HALF_UP)
    line = fresh(Line, opportunity_id=row.pk, product=product, price=each, quantity=count, discount=Decimal(100))
    count_line(line)
    return line
