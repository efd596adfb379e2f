"""What clashes know of records stays when these are merged (B3)."""

from __future__ import annotations

from genjin.merging.reach import stays

stays(
    "clashes.Clash.earlier_id", "clashes.Clash.later_id", because="which two records were disputed; merged ones are one"
)
