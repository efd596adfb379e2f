"""Creating, editing, voiding and restoring a customer; its owner and team."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.actions.inverses import restored
from genjin.customers.models import Customer
from genjin.customers.options import TAGS
from genjin.customers.queries import customer_for
from genjin.customers.record import CUSTOMER
from genjin.duplicates.guarding import demand_no_duplicate, demand_still_single
from genjin.kernel import people
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.aliases import demand_unmerged, into
from genjin.kernel.doors import OWN, WRITE
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import LongText, Person, Values, YesNo
from genjin.kernel.models.rows import Life, fresh
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import record
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.tagging import ensure_options
from genjin.kernel.undo import again, as_before
from genjin.merging.actions import merge_actions
from genjin.ownership.actions import removal_action, teammate_along_action, transfer_action
from genjin.ownership.capacity import demand_room, origin
from genjin.ownership.changing import change_owner
from genjin.ownership.fields import pool_choice
from genjin.ownership.landing import landing_of
from genjin.ownership.standing import pool_to_create_in
from genjin.revealing.actions import reveal_action

INTO_POOL = pool_choice(
    CUSTOMER, gettext_lazy("放入公海"), gettext_lazy("选了公海，客户就没有负责人，等成员领取或管理员指派")
)


@action("customers.create", on=Customer, needs="customers.create", label=gettext_lazy("新建客户"), icon="plus")
def create_customer(
    actor: Actor,
    *,
    values: Values,
    owner: Annotated[int | None, Person(key="owner", label=gettext_lazy("负责人"))] = None,
    duplicate_known: Annotated[bool, YesNo(key="duplicate_known", label=gettext_lazy("已核对，仍要新建"))] = False,
    pool: Annotated[str, INTO_POOL] = "",
) -> Customer:
    """Create a customer for its owner (default: the actor). Raises as `demand_no_duplicate` (B3)."""
    into = pool_to_create_in(actor, CUSTOMER, pool, owner)
    if owner not in (None, actor.member_id):
        _check_owner(actor, owner)
    landed = landing_of(actor, CUSTOMER, into, owner)
    demand_no_duplicate(actor, CUSTOMER, values, known=duplicate_known)
    ensure_options(actor, TAGS.key, values.get("tags") or [])
    customer = fresh(Customer, imported=actor.surface is Surface.IMPORT, taken_from_id=landed.through)
    apply_values(actor, customer, values)
    change_owner(actor, customer, landed.owner, rule=landed.rule, reason=landed.reason, pool=landed.pool)
    return customer


@action(
    "customers.edit",
    on=Customer,
    needs="customers.edit",
    label=gettext_lazy("编辑"),
    icon="pencil",
    when=lambda row: row.life != Life.VOIDED,
    undo=as_before("customers.edit"),
    bulk=True,
)
def edit_customer(
    actor: Actor,
    customer_id: int,
    *,
    values: Values,
    duplicate_known: Annotated[bool, YesNo(key="duplicate_known", label=gettext_lazy("已核对，仍要保存"))] = False,
) -> Customer:
    """Change the given fields. Raises Stale when somebody else changed the same ones meanwhile, and as
    `demand_still_single` (B3)."""
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    if customer.life == Life.VOIDED:
        raise Refused("voided", _("客户已作废，还原后才能编辑"))
    ensure_options(actor, TAGS.key, values.get("tags") or [])
    if values.get("parent") == customer.pk or values.get("referred_by") == customer.pk:
        raise Refused("own_parent", _("不能选择客户自己"), "parent")
    demand_still_single(actor, CUSTOMER, customer, values, known=duplicate_known)
    apply_values(actor, customer, values)
    record(actor, customer)
    return customer


@action(
    "customers.void",
    on=Customer,
    needs="customers.void",
    to=OWN,
    label=gettext_lazy("作废"),
    icon="trash",
    bulk=True,
    danger=True,
    confirm=gettext_lazy("作废后客户进入回收站，可随时还原；跟进与联系人一并保留。"),
    when=lambda row: row.life != Life.VOIDED,
    undo=restored,
)
def void_customer(
    actor: Actor,
    customer_id: int,
    *,
    reason: Annotated[str, LongText(key="reason", label=gettext_lazy("原因"), most=200)],
) -> Customer:
    """Put a customer into the recycle bin (S2-31). Raises Refused("bad_move")."""
    customer = customer_for(actor, customer_id, to=OWN, lock=True)
    LIFE.move(customer, Life.VOIDED)
    record(actor, customer, reason=reason)
    return customer


@action(
    "customers.restore",
    on=Customer,
    needs="customers.void",
    to=OWN,
    label=gettext_lazy("还原"),
    icon="arrow-back-up",
    bulk=True,
    when=lambda row: row.life == Life.VOIDED and into(row) is None,
    undo=again("customers.void"),
)
def restore_customer(actor: Actor, customer_id: int) -> Customer:
    """Take a customer out of the recycle bin. Raises Refused("not_voided") or Refused("duplicate")."""
    customer = customer_for(actor, customer_id, to=OWN, lock=True)
    if customer.life != Life.VOIDED:
        raise Refused("not_voided", _("客户没有作废"))
    demand_room(actor, CUSTOMER, customer.owner_id, pool=origin(actor, customer))
    demand_unmerged(customer)
    LIFE.move(customer, Life.LIVE)
    record(actor, customer)
    return customer


def _check_owner(actor: Actor, owner: int | None) -> None:
    """Whoever creates for somebody else must be allowed to transfer within that person's reach."""
    department = people.directory().department_of(owner, actor.stamp) if owner else None
    if not actor.demand(CUSTOMER.grant("transfer")).holds(owner, department):
        raise Forbidden(_("您不能为这位同事新建客户"))


transfer_customer, reveal_of_customer = transfer_action(CUSTOMER), reveal_action(CUSTOMER)
add_customer_teammate, remove_customer_teammate = teammate_along_action(CUSTOMER), removal_action(CUSTOMER)
merge_customers, unmerge_customers = merge_actions(CUSTOMER)
