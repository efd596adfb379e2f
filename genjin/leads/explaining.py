"""Who reads a converted lead because he sees the customer it became: told on the page of who sees a record."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from genjin.customers.models import Customer
from genjin.leads.models import Lead
from genjin.sharing.sight.reasons import Asked, Kind, Reason, register_explainer
from genjin.sharing.sight.who import who_sees


def of_customer(asked: Asked) -> Iterator[Reason]:
    """Everybody who sees the customer reads the lead."""
    lead = asked.record
    if not isinstance(lead, Lead) or lead.customer_id is None:
        return
    customer = Customer.objects.get(pk=lead.customer_id)  # rows: whoever reads the lead is told who else does
    for sighting in who_sees(asked.reader, customer):
        yield Reason(sighting.person.id, Kind.OTHER, _("能看到它转成的客户"))


register_explainer("lead_customer", of_customer)
