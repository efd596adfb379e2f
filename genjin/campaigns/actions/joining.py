"""加入市场活动: the verb by which ticked customers, contacts, and what other areas name, become members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext_lazy

from genjin.campaigns.joined import Closed, join, joins, members_known, voided
from genjin.campaigns.models import Touch
from genjin.campaigns.options import MEMBER_STATE
from genjin.campaigns.record import TOUCH
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, DateTime, RecordRef
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.recording import record
from genjin.kernel.records import RecordType


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
        campaign: Annotated[int, RecordRef(key="campaign", label=gettext_lazy("市场活动"), to="campaign")],
        state: Annotated[str, Choice(key="state", label=gettext_lazy("成员状态"), options=MEMBER_STATE.key)] = "",
        touched_at: Annotated[
            datetime | None,
            DateTime(key="touched_at", label=gettext_lazy("触达时间"), help=gettext_lazy("不填就是现在")),
        ] = None,
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


join_of_customer, join_of_contact = joining_action(CUSTOMER), joining_action(CONTACT)
