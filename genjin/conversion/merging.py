"""What becomes of conversions when the customers they led to are merged: they lead to the master (B3)."""

from __future__ import annotations

from genjin.merging.reach import stays

stays("conversion.Conversion.lead_id", because="a converted lead is merged into no other")
stays("conversion.Conversion.opportunity_id", because="opportunities are merged into no other")
