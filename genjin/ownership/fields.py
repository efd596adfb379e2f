"""The fields of a type whose records may lie in a pool (B4): declared once, for every such type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import DateTime, Field, Person, Text, YesNo
from genjin.kernel.fields.base import Label
from genjin.kernel.fields.fixed import OneOf, Pairs
from genjin.kernel.records import RecordType
from genjin.kernel.stamps import current_stamp
from genjin.ownership.standing import pools_at, pools_within

SECTION = "ownership"


def standing_fields() -> tuple[Field, ...]:
    """Since when it is owned and when it falls; in a pool since when, why, from whom, and when it may be claimed."""
    return (
        DateTime(key="owner_since", label=_("负责开始时间"), section=SECTION, editable=False),
        DateTime(
            key="falls_at", label=_("将掉入公海"), section=SECTION, editable=False, sortable=True, due=True, width=120,
            help=_("按公海的回收规则算出，跟进、成交等会使它延后"),
        ),
        DateTime(key="protected_until", label=_("保护期至"), section=SECTION, editable=False),
        YesNo(key="locked", label=_("已锁定"), section=SECTION, editable=False, help=_("锁定的记录不会掉入公海")),
        DateTime(
            key="pooled_at", label=_("掉入公海时间"), section=SECTION, editable=False, sortable=True, width=120
        ),
        Text(key="pool_reason", label=_("掉入原因"), section=SECTION, editable=False),
        Person(
            key="previous_owner", column="previous_owner_id", label=_("前负责人"), section=SECTION, editable=False
        ),
        DateTime(
            key="claimable_at", label=_("可领取时间"), section=SECTION, editable=False, sortable=True, width=120
        ),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PoolChoice(OneOf):
    """One of a type's open pools, '' where it may be left out. Offered are those of which the actor or somebody he
    leads is a member, and those he administers: of other pools he does not even learn the name."""

    record_type: str = ""

    def offered_to(self, actor: Actor) -> Pairs:
        """'' and the pools in question for this actor."""
        return [("", "—"), *((str(pool.pk), pool.name) for pool in pools_within(actor, self.record_type))]


def pool_choice(record_type: RecordType, label: Label, help_: Label = "") -> PoolChoice:
    """A pool as the input of a verb; drawn only where there are pools at all."""

    def any_(_given: Mapping[str, Any]) -> bool:
        return any(pool.enabled for pool in pools_at(current_stamp(), record_type.key))

    key = record_type.key
    return PoolChoice(key="pool", label=label, pairs=(("", "—"),), help=help_, shown_when=any_, record_type=key)
