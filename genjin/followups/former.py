"""Previous owners keep sight of the follow-ups that they wrote, where the company lets them see just that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from genjin.followups.models import FollowUp
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE, To, register_branch
from genjin.ownership.queries.former import former_ids, former_owners, sight_of_former
from genjin.ownership.settings import OWN_WORK
from genjin.sharing.sight.reasons import Asked, Kind, Reason, register_explainer


def former_branch(actor: Actor, right: To, row_by_row: bool) -> QuerySet[Any, Any] | None:  # noqa: ARG001
    """Ids of the actor's own follow-ups of customers that he had. Nothing may be written."""
    if right is not SEE or actor.member_id is None or sight_of_former(actor.stamp) != OWN_WORK:
        return None
    had = former_ids(actor.member_id, actor.stamp)
    own = FollowUp.objects.filter(author_id=actor.member_id, customer_id__in=had)  # rows: a branch of the door itself
    return own.values("id")


def explain(asked: Asked) -> Iterator[Reason]:
    """The author of a follow-up whose customer he had."""
    row, stamp = asked.record, asked.reader.stamp
    if not isinstance(row, FollowUp) or sight_of_former(stamp) != OWN_WORK or row.customer_id is None:
        return
    if any(period.owner_id == row.author_id for period in former_owners([row.customer_id], stamp)):
        yield Reason(row.author_id or 0, Kind.OTHER, _("自己写的跟进，曾是客户的负责人"))


register_branch("former_followups", former_branch, only="followup")
register_explainer("former_followups", explain)
