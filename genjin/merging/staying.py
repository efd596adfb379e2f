"""What stays with a merged record, and why: the ledgers, and what leads to it by its old id. For areas below this one;
those above say it themselves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from genjin.merging.reach import counts, stays

stays(
    "kernel.EventLink.row_id",
    "kernel.EventPayload.row_id",
    because="the chain of hashes stays whole; the master's timeline shows them through the alias",
)
stays("kernel.Notification.row_id", because="was told of that record; its address leads to the master")
stays("ownership.Period.record_id", because="whose that record was; the ledger is never rewritten")
stays(
    "ownership.Split.record_id",
    because="how that record's performance was divided on which days; the master's own division holds",
)
counts("kernel.File.record_id", _("附件"))
counts("comments.Comment.record_id", _("评论"))
stays(
    "merging.Merge.master",
    "merging.Merge.merged",
    because="what was merged into what; a later merge of the master adds a step to the way of its aliases",
)
stays("merging.Shift.ids", because="which rows a merge changed, to take it back")
stays(
    "duplicates.SweptPair.one_id",
    "duplicates.SweptPair.other_id",
    "duplicates.DuplicateGroup.members",
    because="what a run over the whole base found; the next one finds the master instead",
)
stays(
    "duplicates.NoDuplicate.one_id",
    "duplicates.NoDuplicate.other_id",
    because="somebody said it of just these two records",
)
stays("duplicates.Risk.record_id", because="says how that record was registered, and what reviewers made of it")
stays("duplicates.Trace.record_id", because="by what that registration is found again")
stays("allocation.Offer.record_id", because="that record was offered to somebody; the master is offered anew")
stays("allocation.Offer.chain", because="the first offer of a round of asking")
stays("allocation.Round.last", because="the member who got the last one")
stays("allocation.Run.last", "allocation.Run.top", because="how far a run over a list has come, by ids")
