"""What imports know of records stays when these are merged (B3)."""

from __future__ import annotations

from genjin.merging.reach import stays

stays("surfaces.Brought.record_id", because="which record an import made or changed, to take that import back")
stays("surfaces.ImportNear.record_id", because="whose name a row's is like while its import is prepared")
stays(
    "surfaces.ImportRow.duplicate_of",
    because="what a row was found to be like while its import was prepared; brought in later it meets a voided record",
)
