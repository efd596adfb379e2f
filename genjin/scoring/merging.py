"""What becomes of scores when leads are merged: an objection follows to the master by itself (it names its record);
scores do not, they are counted anew."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.merging.reach import counts, stays

stays("scoring.LeadScore.row_id", because="each lead has a row of its own, counted anew")
stays("scoring.OpportunityScore.row_id", because="opportunities are merged into no other")
stays("scoring.Sweep.after", because="how far a count of all has come, no record")
counts("scoring.Objection.record_id", _("不参与自动评分"))
