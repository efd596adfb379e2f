"""What a long list cannot do with a field for want of an index: told in words, and where whoever may ask for the index
does so.

Not here: when a list is long (`kernel.sights`), building indexes (the area that lets a company add fields).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.kernel.fields.own import FEW, Own, OwnWords
from genjin.kernel.records import RecordType


@dataclass(frozen=True)
class Offer:
    """Where an index of a field is asked for by POST; `building`: it is being built."""

    address: str
    building: bool = False


@dataclass(frozen=True)
class Wanting:
    """What cannot be done, and who may mend it how."""

    words: str
    offer: Offer | None = None


Offering = Callable[[Actor, RecordType, str], Offer | None]
_offering: list[Offering] = []


def register_index_offer(offering: Offering) -> None:
    """Say where this actor may ask for the index of a field (by its key)."""
    _offering.append(offering)


def without_order(field: Field) -> str:
    """Why the list does not sort by a field that has an order; '' where it does, or where it has none."""
    if not isinstance(field, Own) or field.sortable or not field.ordered:
        return ""
    return _("没有索引，超过 %s 条时不能按它排序") % f"{FEW:,}"


def wanting(actor: Actor, record_type: RecordType, field: Field) -> Wanting | None:
    """What the filter builder cannot offer of a field; None where nothing is missing."""
    if not isinstance(field, OwnWords) or field.looked_into:
        return None
    words = _("数据超过 %s 条，这个字段还没有索引，只能筛选是否填写；建立索引后可以按内容筛选（包含、等于、开头是）")
    offers = (offering(actor, record_type, field.key) for offering in _offering)
    return Wanting(words % f"{FEW:,}", next((offer for offer in offers if offer), None))
