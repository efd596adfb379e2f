"""What handovers know of records stays when these are merged (B3)."""

from __future__ import annotations

from genjin.merging.reach import stays

stays("handover.Item.row_id", because="what was handed over, and how it is given back; a merged one is left as it is")
