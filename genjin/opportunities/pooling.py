"""What pools ask about opportunities (B4 P5): the rule that none is open so many days after gaining (C2), and that a
customer with an open one is spared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from psycopg import sql

from genjin.ownership.conditions import GAINED, NEVER, Business, register_business, register_condition

OPEN = sql.SQL(
    "EXISTS (SELECT 1 FROM opportunities_opportunity o"
    " WHERE o.customer_id = r.id AND o.outcome = 'open' AND o.life = 0)"
)

CUSTOMERS = frozenset({"deal_date", "follow_by"})
register_business(Business(CUSTOMERS, OPEN))
register_condition(
    "no_opportunity",
    _("没有商机"),
    words=_("%(days)d 天没有商机"),
    mend=_("建立一个商机，或请主管延长保护期"),
    columns=CUSTOMERS,
    at=lambda span, _end: sql.SQL("CASE WHEN {open} THEN {never} ELSE {gained} + {span} END").format(
        open=OPEN, never=NEVER, gained=GAINED, span=span
    ),
)
