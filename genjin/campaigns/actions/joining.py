"""加入市场活动: the verb by which ticked customers, contacts, and what other areas name, become members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext_lazy

from genjin.campaigns.joined import Closed, held, join, joins, members_known, reachable, voided
from genjin.campaigns.models import Touch
from genjin.campaigns.options import MEMBER_STATE
from genjin.campaigns.record import TOUCH
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, DateTime, RecordRef, YesNo
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.recording import record
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused

Into = Annotated[int, RecordRef(key="campaign", label=gettext_lazy("市场活动"), to="campaign")]
Standing = Annotated[str, Choice(key="state", label=gettext_lazy("成员状态"), options=MEMBER_STATE.key)]
At = Annotated[
    datetime | None, DateTime(key="touched_at", label=gettext_lazy("触达时间"), help=gettext_lazy("不填就是现在"))
]
People = Annotated[
    bool,
    YesNo(
        key="contacts",
        label=gettext_lazy("联系人也加入"),
        help=gettext_lazy("客户的联系人各算一位成员，公海里的也可以；勾了请勿打扰的和已经是成员的跳过"),
    ),
]


def joining_action(record_type: RecordType, closed: Closed = voided) -> Action[Any, Any]:
    """The verb of one type, single and in bulk with a result for each row; `closed`: why a record cannot become a
    member now."""
    joins(record_type.key, closed)

    @action(
        f"{record_type.plural}.join_campaign",
        on=record_type.model,
        needs=TOUCH.grant("create"),
        label=gettext_lazy("加入市场活动"),
        icon="flag",
        bulk=True,
        ahead=_ahead(record_type.key),
        when=lambda row: row.life != Life.VOIDED and closed(row) is None,
    )
    def join_campaign(
        actor: Actor,
        record_id: int,
        *,
        campaign: Into,
        state: Standing = "",
        touched_at: At = None,
    ) -> Record:
        """Make it a member of a campaign (B20), out of a pool too by who administers that. Raises as `joined.join`."""
        touch = Touch(state=state, touched_at=touched_at or actor.now())
        row = join(actor, touch, record_type.key, record_id, campaign)
        record(actor, row, campaign=campaign)
        return row

    return join_campaign


def _ahead(key: str) -> Any:
    @contextmanager
    def ahead(actor: Actor, row_ids: Sequence[int], arguments: Mapping[str, Any]) -> Iterator[None]:  # noqa: ARG001
        with members_known(key, row_ids, arguments.get("campaign")):
            yield

    return ahead


@action(
    f"{CUSTOMER.plural}.join_campaign",
    on=CUSTOMER.model,
    needs=TOUCH.grant("create"),
    label=gettext_lazy("加入市场活动"),
    icon="flag",
    bulk=True,
    ahead=_ahead(CUSTOMER.key),
    when=lambda row: row.life != Life.VOIDED,
)
def join_of_customer(
    actor: Actor,
    customer_id: int,
    *,
    campaign: Into,
    state: Standing = "",
    touched_at: At = None,
    contacts: People = False,
) -> Record:
    """Make a customer a member of a campaign (B20), with its contacts where that is wished; out of a pool too by who
    administers that (S2-73). A customer who is one already is refused only when no contact joins. Raises as
    `joined.join`."""
    at, joined = touched_at or actor.now(), 0
    already: Refused | None = None
    try:
        row = join(actor, Touch(state=state, touched_at=at), CUSTOMER.key, customer_id, campaign)
    except Refused as refusal:
        if refusal.code != "already_member" or not contacts:
            raise
        already, row = refusal, held(actor, CUSTOMER, customer_id)
    for contact_id in reachable(customer_id) if contacts else ():
        with suppress(Refused):  # who is one already, or somebody else's
            join(actor, Touch(state=state, touched_at=at), CONTACT.key, contact_id, campaign)
            joined += 1
    if already is not None and not joined:
        raise already
    record(actor, row, campaign=campaign, **({"contacts": joined} if joined else {}))
    return row


join_of_contact = joining_action(CONTACT)
