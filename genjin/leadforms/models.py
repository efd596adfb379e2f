"""Tables of public forms: the form, the editions of what it says, its channels, what was submitted, what was turned
away."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from genjin.kernel.models.rows import Row
from genjin.leadforms.rules import Period, State, Target, Turned


class LeadForm(Row):
    """A public form (公开表单) that makes leads.

    `key`: its address `/f/<key>`; `fields`: [{"key": "mobile", "label": "", "help": "", "required": true}, …] of the
    lead's declaration; `owner_id`: who gets its leads (with a scheme: who gets those that it gives to nobody); `hosts`:
    whose pages may frame it; `review`: everything is looked at first.
    """

    key = models.CharField(max_length=16)
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=60)
    intro = models.TextField(default="")
    fields = models.JSONField(default=list)
    consent = models.TextField(default="")
    thanks = models.TextField(default="")
    thanks_link = models.CharField(max_length=500, default="")
    target = models.CharField(max_length=10, choices=Target, default=Target.OWNER)
    owner_id = models.BigIntegerField(null=True)
    pool_id = models.BigIntegerField(null=True)
    scheme_id = models.BigIntegerField(null=True)
    campaign_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=60, default="")
    hosts = models.JSONField(default=list)
    opened = models.BooleanField(default=True)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    most = models.IntegerField(null=True)
    review = models.BooleanField(default=False)

    row_type = "lead_form"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="lead_form_key_once")]

    @property
    def period(self) -> Period:
        """When it takes submissions."""
        return Period(self.opened, self.opens_at, self.closes_at, self.most)


class FormEdition(models.Model):
    """What a form said to the public from a moment on, never changed: the evidence of what somebody agreed to (B19).
    `shown`: {"title", "intro", "fields": [{"key", "label", "help", "required", "kind"}], "consent"}; `digest`: of it.
    """

    form = models.ForeignKey(LeadForm, on_delete=models.CASCADE, related_name="editions", db_index=False)
    number = models.IntegerField()
    shown = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "digest"], name="form_edition_once")]


class FormChannel(Row):
    """One of several links to a form (渠道码): where it hangs, with a source of its own. `code` stands in the link."""

    form = models.ForeignKey(LeadForm, on_delete=models.CASCADE, related_name="channels", db_index=False)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=60, default="")
    ended = models.BooleanField(default=False)

    form_id: int
    row_type = "form_channel"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "code"], name="form_channel_code_once")]


class Submission(Row):
    """Something that was submitted. `token`: the one sheet on which it was; `values`: what was typed, until it is a
    lead or thrown away (`given`: the keys of what was filled in); `digest`: tells the same content again; `agreed`:
    the box under the consent text of its edition was ticked; `network`: the address, shortened; `took`: seconds;
    `repeats`: how often the same came again; `hit`: 查重 knew somebody like it."""

    form = models.ForeignKey(LeadForm, on_delete=models.PROTECT, related_name="submissions", db_index=False)
    edition = models.ForeignKey(FormEdition, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.ForeignKey(FormChannel, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    token = models.CharField(max_length=32)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    values = models.JSONField(default=dict)
    given = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    agreed = models.BooleanField(default=False)
    tracked = models.JSONField(default=dict)
    referrer = models.CharField(max_length=200, default="")
    network = models.CharField(max_length=60, default="")
    agent = models.CharField(max_length=200, default="")
    framed = models.BooleanField(default=False)
    took = models.IntegerField(default=0)
    repeats = models.IntegerField(default=0)
    hit = models.BooleanField(default=False)
    held_for = models.CharField(max_length=12, default="")
    why = models.CharField(max_length=300, default="")
    lead_id = models.BigIntegerField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, default="")

    form_id: int
    channel_id: int | None
    edition_id: int
    row_type = "form_submission"
    unrecorded: ClassVar[frozenset[str]] = Row.unrecorded | {"values", "token", "digest", "network", "agent", "repeats"}

    class Meta:
        indexes = [
            models.Index(fields=["form", "state", "-id"], name="submission_state"),
            models.Index(fields=["form", "-id"], name="submission_form"),
            models.Index(fields=["form", "digest", "-id"], name="submission_digest"),
            models.Index(fields=["lead_id"], name="submission_lead", condition=models.Q(lead_id__isnull=False)),
            models.Index(fields=["id"], name="submission_waiting", condition=models.Q(state=State.RECEIVED)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["form", "token"], name="submission_token_once"),
            models.CheckConstraint(
                condition=models.Q(state=State.ACCEPTED, lead_id__isnull=False)
                | (~models.Q(state=State.ACCEPTED) & models.Q(lead_id=None)),
                name="submission_accepted_is_a_lead",
            ),
        ]


class Refusal(models.Model):
    """Requests that a form turned away on a day, counted by reason and part of the net; nothing of what they held."""

    form = models.ForeignKey(LeadForm, on_delete=models.CASCADE, related_name="refusals", db_index=False)
    day = models.DateField()
    reason = models.CharField(max_length=10, choices=Turned)
    network = models.CharField(max_length=60, default="")
    count = models.IntegerField(default=1)
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "day", "reason", "network"], name="form_refusal_once")]
