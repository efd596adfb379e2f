"""What becomes of what hangs on opportunities and their contacts when customers or contacts are merged (B3)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.merging.reach import counts

counts("opportunities.Participant.contact_id", _("参与的商机"))
