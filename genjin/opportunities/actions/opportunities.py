"""Creating, editing, voiding and restoring an opportunity; its owner and team."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.queries import contact_for, customer_for
from genjin.duplicates.guarding import demand_no_duplicate, demand_still_single
from genjin.kernel import people
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.doors import OWN, SEE, WRITE
from genjin.kernel.editing import apply_values
from genjin.kernel.fields import Choice, Date, LongText, Money, Number, Person, RecordRef, Values, YesNo
from genjin.kernel.models.rows import Life
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import record
from genjin.kernel.refusal import Forbidden, Refused
from genjin.kernel.undo import again, as_before
from genjin.opportunities.changing import moving
from genjin.opportunities.changing.arriving import Ended, arrive, demand_sound
from genjin.opportunities.changing.deals import at_hand, customer_of, retell_customer, tell_customer
from genjin.opportunities.changing.lines import first_line
from genjin.opportunities.models import Opportunity, Participant
from genjin.opportunities.options import LOSS
from genjin.opportunities.pipelines import pipelines_at
from genjin.opportunities.products import ProductName
from genjin.opportunities.record import OPPORTUNITY, OUTCOMES
from genjin.opportunities.rules import Outcome
from genjin.ownership.actions import removal_action, teammate_action, transfer_action
from genjin.ownership.changing import change_owner
from genjin.ownership.models import Rule
from genjin.plans.fields import Fixed
from genjin.revealing.actions import reveal_action


def _brought_in(_given: Any) -> bool:
    """Never drawn: what has ended already is brought in from elsewhere, on pages it ends by its verbs."""
    return False


Taking = Annotated[int | None, RecordRef(key="contact", to="contact", label=gettext_lazy("联系人"))]
Gaining = Annotated[int | None, Person(key="owner", label=gettext_lazy("负责人"))]
Result = Annotated[
    str,
    Fixed(
        key="outcome",
        label=gettext_lazy("结果（已结束的商机）"),
        known=OUTCOMES,
        shown_when=_brought_in,
        help=gettext_lazy("赢单、输单、无效；不填就是进行中"),
    ),
]
Closed = Annotated[date | None, Date(key="closed_on", label=gettext_lazy("实际结束日期"), shown_when=_brought_in)]
Lost = Annotated[str, Choice(key="reason", label=gettext_lazy("输单原因"), options=LOSS.key, shown_when=_brought_in)]
Product = Annotated[
    str,
    ProductName(
        key="product", label=gettext_lazy("产品"), shown_when=_brought_in, help=gettext_lazy("成为产品明细的第一行")
    ),
]
Price = Annotated[
    Decimal | None,
    Money(
        key="price",
        label=gettext_lazy("单价"),
        shown_when=_brought_in,
        help=gettext_lazy("不填就是商机金额 ÷ 数量"),
    ),
]
Quantity = Annotated[
    Decimal | None,
    Number(key="quantity", label=gettext_lazy("数量"), places=2, least=0, greatest=9_999_999, shown_when=_brought_in),
]


@action(
    "opportunities.create", on=Opportunity, needs="opportunities.create", label=gettext_lazy("新建商机"), icon="plus"
)
def create_opportunity(
    actor: Actor,
    *,
    values: Values,
    contact: Taking = None,
    owner: Gaining = None,
    outcome: Result = "",
    closed_on: Closed = None,
    reason: Lost = "",
    product: Product = "",
    price: Price = None,
    quantity: Quantity = None,
    duplicate_known: Annotated[bool, YesNo(key="duplicate_known", label=gettext_lazy("已核对，仍要新建"))] = False,
) -> Opportunity:
    """Create an opportunity of a customer whom the actor may write to, for its owner (default: the actor). In a later
    stage what the stages before it ask is due (B9). Raises as `demand_no_duplicate` and `arrive`."""
    _demand_customer(actor, values["customer"])
    if owner not in (None, actor.member_id):
        _check_owner(actor, owner)
    demand_no_duplicate(actor, OPPORTUNITY, values, known=duplicate_known)
    gains = owner or actor.member_id
    row, arrival = arrive(actor, values, gains, Ended(outcome, closed_on, reason))
    imported = actor.surface is Surface.IMPORT
    change_owner(actor, row, gains, rule=Rule.IMPORTED if imported else Rule.CREATED)
    moving.begun(actor, row, arrival.before, arrival.ending)
    if product:
        record(actor, first_line(row, product, price, quantity))
    if contact:
        take_part(actor, row, contact)
    tell_customer(actor, row, new=True)
    return row


@action(
    "opportunities.edit",
    on=Opportunity,
    needs="opportunities.edit",
    label=gettext_lazy("编辑"),
    icon="pencil",
    when=lambda row: row.life != Life.VOIDED,
    undo=as_before("opportunities.edit"),
    bulk=True,
)
def edit_opportunity(
    actor: Actor,
    opportunity_id: int,
    *,
    values: Values,
    duplicate_known: Annotated[bool, YesNo(key="duplicate_known", label=gettext_lazy("已核对，仍要保存"))] = False,
) -> Opportunity:
    """Change the given fields; another stage is a move like any other (B9). Raises Stale, Refused as `moving.advance`,
    Refused("voided", "customer_fixed", "category_follows", "ended", "bad_range") and as `demand_still_single` (B3)."""
    row = at_hand(actor, opportunity_id, to=WRITE)
    if row.life == Life.VOIDED:
        raise Refused("voided", _("商机已作废，还原后才能编辑"))
    demand_still_single(actor, OPPORTUNITY, row, values, known=duplicate_known)
    stood = row.customer_id, row.pipeline, row.stage, row.outcome
    forecast = row.probability, row.category
    apply_values(actor, row, values)
    if row.customer_id != stood[0]:
        raise Refused("customer_fixed", _("商机不能换到别的客户；请作废这条，再到那位客户下新建"), "customer")
    asked = row.pipeline, row.stage
    _customer, row.pipeline, row.stage, outcome = stood
    if row.outcome != Outcome.OPEN and (row.probability, row.category) != forecast:
        raise Refused("ended", _("商机已结束，赢率和预测类别由结果决定"), "probability")
    demand_sound(actor, row)
    _move(actor, row, asked, keep=frozenset(values) & {"probability", "category"})
    if row.outcome != outcome:
        tell_customer(actor, row)
    return row


@action(
    "opportunities.void",
    on=Opportunity,
    needs="opportunities.void",
    to=OWN,
    label=gettext_lazy("作废"),
    icon="trash",
    bulk=True,
    danger=True,
    confirm=gettext_lazy("作废后商机进入回收站，可随时还原。没做成的商机请标为输单，不要作废。"),
    when=lambda row: row.life != Life.VOIDED,
    undo="opportunities.restore",
)
def void_opportunity(
    actor: Actor,
    opportunity_id: int,
    *,
    reason: Annotated[str, LongText(key="reason", label=gettext_lazy("原因"), most=200)] = "",
) -> Opportunity:
    """Put an opportunity into the recycle bin. Raises Refused("bad_move")."""
    row = at_hand(actor, opportunity_id, to=OWN)
    LIFE.move(row, Life.VOIDED)
    record(actor, row, **({"reason": reason} if reason else {}))
    if row.won_on is not None and row.won_on == customer_of(row).deal_date:
        retell_customer(actor, row)
    else:  # no deal, or not the last one
        tell_customer(actor, row)
    return row


@action(
    "opportunities.restore",
    on=Opportunity,
    needs="opportunities.void",
    to=OWN,
    label=gettext_lazy("还原"),
    icon="arrow-back-up",
    bulk=True,
    when=lambda row: row.life == Life.VOIDED,
    undo=again("opportunities.void"),
)
def restore_opportunity(actor: Actor, opportunity_id: int) -> Opportunity:
    """Take an opportunity out of the recycle bin. Raises Refused("not_voided")."""
    row = at_hand(actor, opportunity_id, to=OWN)
    if row.life != Life.VOIDED:
        raise Refused("not_voided", _("商机没有作废"))
    LIFE.move(row, Life.LIVE)
    record(actor, row)
    retell_customer(actor, row)
    return row


def take_part(actor: Actor, row: Opportunity, contact_id: int, role: str = "", note: str = "") -> Participant:
    """A contact of the customer takes part; without a role with the one that stands at the contact. Raises
    Refused("other_contact")."""
    contact = contact_for(actor, contact_id, to=SEE)
    if contact.customer_id != row.customer_id:
        raise Refused("other_contact", _("这位联系人不属于这个客户"), "contact")
    place = Participant.objects.filter(opportunity_id=row.pk, contact_id=contact_id).first()
    place = place or Participant(opportunity_id=row.pk, contact_id=contact_id)
    place.role, place.note = role or contact.decision_role, note
    record(actor, place)
    return place


def _move(actor: Actor, row: Opportunity, asked: tuple[str, str], keep: frozenset[str]) -> None:
    """Save an edited row: where pipeline or stage were set to others, by the move that leads there."""
    pipeline, stage = asked
    known = pipelines_at(actor.stamp)
    if pipeline and pipeline != row.pipeline:
        moving.switch(actor, row, known.pipes[pipeline], stage if stage != row.stage else "")
    elif stage and stage != row.stage:
        moving.advance(actor, row, stage, keep=keep)
    else:
        record(actor, row)


def _demand_customer(actor: Actor, customer_id: int) -> None:
    customer = customer_for(actor, customer_id, to=WRITE, lock=True)
    if customer.life == Life.VOIDED:
        raise Refused("voided", _("客户已作废，不能新建商机"), "customer")


def _check_owner(actor: Actor, owner: int | None) -> None:
    """Whoever creates for somebody else must be allowed to transfer within that person's reach."""
    department = people.directory().department_of(owner, actor.stamp) if owner else None
    if not actor.demand(OPPORTUNITY.grant("transfer")).holds(owner, department):
        raise Forbidden(_("您不能为这位同事新建商机"))


transfer_opportunity, reveal_of_opportunity = transfer_action(OPPORTUNITY), reveal_action(OPPORTUNITY)
add_opportunity_teammate = teammate_action(OPPORTUNITY)
remove_opportunity_teammate = removal_action(OPPORTUNITY)
