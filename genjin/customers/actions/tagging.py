"""Adding and taking tags, single and in bulk (S2-52)."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.models import Customer
from genjin.customers.options import TAGS
from genjin.customers.queries import customer_for
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE
from genjin.kernel.fields import Tags
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.tagging import ensure_options
from genjin.kernel.undo import as_before

Tagged = Annotated[list[str], Tags(key="tags", label=gettext_lazy("标签"), options="customer_tag")]


@action(
    "customers.tag",
    on=Customer,
    needs="customers.edit",
    label=gettext_lazy("加标签"),
    icon="tag",
    bulk=True,
    undo=as_before("customers.edit"),
)
def tag_customer(actor: Actor, customer_id: int, *, tags: Tagged) -> Customer:
    """Add tags; new ones are created. Raises Refused("too_many")."""
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    ensure_options(actor, TAGS.key, tags)
    wanted = list(dict.fromkeys([*customer.tags, *tags]))
    if len(wanted) > 30:
        raise Refused("too_many", _("一个客户最多 30 个标签"), "tags")
    customer.tags = wanted
    record(actor, customer)
    return customer


@action(
    "customers.untag",
    on=Customer,
    needs="customers.edit",
    label=gettext_lazy("去标签"),
    icon="x",
    bulk=True,
    undo=as_before("customers.edit"),
)
def untag_customer(actor: Actor, customer_id: int, *, tags: Tagged) -> Customer:
    """Take tags away; tags it does not bear are ignored."""
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    customer.tags = [t for t in customer.tags if t not in tags]
    record(actor, customer)
    return customer
