"""What hangs on an opportunity as rows: contacts with their roles, product lines, competitors."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.options import DECISION_ROLE
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import WRITE
from genjin.kernel.fields import Choice, Money, Number, RecordRef, Text
from genjin.kernel.models.rows import Life, Row
from genjin.kernel.recording import record, record_removal
from genjin.kernel.refusal import NotFound, Refused
from genjin.opportunities.actions.opportunities import take_part
from genjin.opportunities.changing.lines import count_line
from genjin.opportunities.models import Competitor, Line, Opportunity, Participant
from genjin.opportunities.products import ProductName
from genjin.opportunities.queries import MOST_PARTS, opportunity_for, sum_of_lines
from genjin.opportunities.rules import Outcome

NEEDS = "opportunities.edit"
Contact = Annotated[int, RecordRef(key="contact", to="contact", label=gettext_lazy("联系人"), required=True)]
Role = Annotated[str, Choice(key="role", label=gettext_lazy("决策角色"), options=DECISION_ROLE.key)]
Remark = Annotated[str, Text(key="note", label=gettext_lazy("备注"), most=200)]
Product = Annotated[str, ProductName(key="product", label=gettext_lazy("产品"), required=True)]
Price = Annotated[Decimal, Money(key="price", label=gettext_lazy("单价"), required=True)]
Quantity = Annotated[
    Decimal, Number(key="quantity", label=gettext_lazy("数量"), places=2, least=0, greatest=9_999_999, required=True)
]
Discount = Annotated[
    Decimal,
    Number(
        key="discount",
        label=gettext_lazy("折扣"),
        places=2,
        least=0,
        greatest=100,
        unit="%",
        adds_up=False,
        help=gettext_lazy("90 是九折，100 不打折"),
    ),
]
Name = Annotated[str, Text(key="name", label=gettext_lazy("竞争对手"), most=100, required=True)]
Strengths = Annotated[str, Text(key="strengths", label=gettext_lazy("优势"), most=300)]
Weaknesses = Annotated[str, Text(key="weaknesses", label=gettext_lazy("劣势"), most=300)]
Part = Annotated[int, Number(key="part", label=gettext_lazy("哪一行"), least=1)]


@action(
    "opportunities.add_participant", on=Opportunity, needs=NEEDS, label=gettext_lazy("添加联系人"), icon="user-plus"
)
def add_participant(
    actor: Actor, opportunity_id: int, *, contact: Contact, role: Role = "", note: Remark = ""
) -> Opportunity:
    """Let a contact of the customer take part, or change the role he plays. Raises Refused("other_contact")."""
    row = _writable(actor, opportunity_id)
    _room(Participant, row)
    record(actor, row)
    take_part(actor, row, contact, role, note)
    return row


@action(
    "opportunities.remove_participant",
    on=Opportunity,
    needs=NEEDS,
    label=gettext_lazy("移除联系人"),
    icon="trash",
    listed=False,
)
def remove_participant(actor: Actor, opportunity_id: int, *, part: Part) -> Opportunity:
    """The contact no longer takes part. Raises NotFound."""
    return _remove(actor, opportunity_id, Participant, part)


@action("opportunities.add_line", on=Opportunity, needs=NEEDS, label=gettext_lazy("添加产品"), icon="plus")
def add_line(
    actor: Actor,
    opportunity_id: int,
    *,
    product: Product,
    price: Price,
    quantity: Quantity = Decimal(1),
    discount: Discount = Decimal(100),
) -> Opportunity:
    """Add a product line. The amount follows the lines unless somebody wrote another. Raises Refused("too_much")."""
    row = _writable(actor, opportunity_id)
    _room(Line, row)
    before = sum_of_lines(row.pk)
    line = Line(opportunity_id=row.pk, product=product, price=price, quantity=quantity, discount=discount)
    count_line(line)
    record(actor, line)
    _follow(actor, row, before)
    return row


@action(
    "opportunities.edit_line", on=Opportunity, needs=NEEDS, label=gettext_lazy("修改产品"), icon="pencil", listed=False
)
def edit_line(
    actor: Actor,
    opportunity_id: int,
    *,
    part: Part,
    product: Product,
    price: Price,
    quantity: Quantity = Decimal(1),
    discount: Discount = Decimal(100),
) -> Opportunity:
    """Change a product line; the amount as in `add_line`. Raises NotFound."""
    row = _writable(actor, opportunity_id)
    before = sum_of_lines(row.pk)
    line = Line.objects.filter(opportunity_id=row.pk, pk=part).first()
    if line is None:
        raise NotFound
    line.product, line.price, line.quantity, line.discount = product, price, quantity, discount
    count_line(line)
    record(actor, line)
    _follow(actor, row, before)
    return row


@action(
    "opportunities.remove_line", on=Opportunity, needs=NEEDS, label=gettext_lazy("移除产品"), icon="trash", listed=False
)
def remove_line(actor: Actor, opportunity_id: int, *, part: Part) -> Opportunity:
    """Take a product line away; the amount as in `add_line`. Raises NotFound."""
    row = _writable(actor, opportunity_id)
    before = sum_of_lines(row.pk)
    line = Line.objects.filter(opportunity_id=row.pk, pk=part).first()
    if line is None:
        raise NotFound
    record_removal(actor, line)
    _follow(actor, row, before)
    return row


@action("opportunities.add_competitor", on=Opportunity, needs=NEEDS, label=gettext_lazy("添加竞争对手"), icon="flag")
def add_competitor(
    actor: Actor, opportunity_id: int, *, name: Name, strengths: Strengths = "", weaknesses: Weaknesses = ""
) -> Opportunity:
    """Write a competitor down (S3-18)."""
    row = _writable(actor, opportunity_id)
    _room(Competitor, row)
    record(actor, row)
    record(actor, Competitor(opportunity_id=row.pk, name=name, strengths=strengths, weaknesses=weaknesses))
    return row


@action(
    "opportunities.remove_competitor",
    on=Opportunity,
    needs=NEEDS,
    label=gettext_lazy("移除竞争对手"),
    icon="trash",
    listed=False,
)
def remove_competitor(actor: Actor, opportunity_id: int, *, part: Part) -> Opportunity:
    """Take a competitor away; the event keeps it. Raises NotFound."""
    return _remove(actor, opportunity_id, Competitor, part)


def _writable(actor: Actor, opportunity_id: int) -> Opportunity:
    row = opportunity_for(actor, opportunity_id, to=WRITE, lock=True)
    if row.life == Life.VOIDED:
        raise Refused("voided", _("商机已作废，还原后才能编辑"))
    return row


def _room(model: type[Participant] | type[Line] | type[Competitor], row: Opportunity) -> None:
    if model._default_manager.filter(opportunity_id=row.pk).count() >= MOST_PARTS:
        raise Refused("too_many", _("最多 %d 行") % MOST_PARTS)


def _remove(actor: Actor, opportunity_id: int, model: type[Participant] | type[Competitor], part: int) -> Opportunity:
    row = _writable(actor, opportunity_id)
    found: Row | None = model._default_manager.filter(opportunity_id=row.pk, pk=part).first()
    if found is None:
        raise NotFound
    record(actor, row)
    record_removal(actor, found)
    return row


def _follow(actor: Actor, row: Opportunity, before: Decimal | None) -> None:
    """The amount goes with the lines as long as it said what they said; what has ended keeps its amount."""
    if row.outcome == Outcome.OPEN and row.amount in (None, before):
        row.amount = sum_of_lines(row.pk)
    record(actor, row)
