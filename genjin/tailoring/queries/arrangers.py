"""Who arranged a layout."""

from __future__ import annotations

from genjin.kernel.models.definitions import Layout
from genjin.kernel.models.events import EventLink
from genjin.kernel.people import directory
from genjin.kernel.records import RecordType


def last_arranger(stamp: int, record_type: RecordType) -> str:
    """Who saved a type's layout last; '' when it is as declared."""
    row = Layout.objects.filter(record_type=record_type.key).first()
    link = (
        EventLink.objects.filter(row_id=row.pk).select_related("event").order_by("-event_id").first() if row else None
    )
    member = link.event.member_id if link else None
    return directory().member_name(member, stamp) if member else ""
