"""What becomes of forms and their submissions when leads are merged (B3): a submission names the lead that is left."""

from __future__ import annotations

from genjin.merging.reach import stays

stays("leadforms.Submission.lead_id", because="which lead it became; the alias leads on to the master")
for _column in ("owner_id", "pool_id", "scheme_id"):
    stays(f"leadforms.LeadForm.{_column}", because="a member, a pool, a scheme: no records")
stays("leadforms.LeadForm.campaign_id", because="campaigns are merged into no other")
