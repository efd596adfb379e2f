"""Tables of leads: the lead, and why one is invalid."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from genjin.campaigns.models import Campaign
from genjin.customers.models import Contact, Customer
from genjin.kernel.models.rows import IN_ORDER, Life, Record
from genjin.leads.clocks import clocks_now
from genjin.leads.rules import MOVES, TAKEN_BACK, WORKED, LeadState, demand_reclaimable
from genjin.ownership.models import Owned, Rule, standing_indexes

LATE = models.Q(clock_at__isnull=False)


class Lead(Owned, Record):
    """A lead (线索, B1).

    `state` follows from its moves alone; `owner_followed`: whether the present owner has followed it, which a change of
    owner resets while the state stays (L14). `returned`, `released_at`, `release_reason`: how often, when and why it
    was last given up; `left_state`: the state it had before, for who takes that back. `deal_date`: the day on which it
    was converted, its customer, contact and opportunity (B2). `campaign`: where it came from; `first_campaign` and
    `last_campaign`: its first and last touch, which the database keeps (`genjin.attribution`).
    `customer_intention`: what the prospect wants (S0-79), by hand or by the newest talk that says so; `intention_said`:
    what talks said last, so that correcting them overwrites nothing that somebody put there. `clock_at`: when a time
    limit rings next, `rung`: how
    often it has; `neglected`: it rang to the end.
    """

    name = models.CharField(max_length=200)
    pinyin = models.CharField(max_length=400, default="", db_collation="C")
    company = models.CharField(max_length=200, default="")
    name_key = models.CharField(max_length=200, default="")
    fuzzy_key = models.CharField(max_length=200, default="")
    contact_name = models.CharField(max_length=60, default="")
    position = models.CharField(max_length=60, default="")
    mobile = models.CharField(max_length=40, default="")
    phone = models.CharField(max_length=40, default="")
    email = models.CharField(max_length=200, default="")
    wechat = models.CharField(max_length=60, default="")
    source = models.CharField(max_length=60, default="")
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    first_campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    last_campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    region = models.CharField(max_length=6, default="")
    address = models.CharField(max_length=200, default="")
    industry = models.CharField(max_length=8, default="")
    level = models.CharField(max_length=60, default="")
    quality = models.CharField(max_length=60, default="")
    customer_intention = models.CharField(max_length=60, default="")
    intention_said = models.CharField(max_length=60, default="")
    need = models.TextField(default="")
    remarks = models.TextField(default="")
    duplicate = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=LeadState.choices, default=LeadState.UNASSIGNED)
    left_state = models.CharField(max_length=12, default="", blank=True)
    owner_followed = models.BooleanField(default=False)
    last_followed_at = models.DateTimeField(null=True)
    last_content = models.CharField(max_length=80, default="")
    next_contact_at = models.DateTimeField(null=True)
    next_step = models.CharField(max_length=500, default="")
    returned = models.SmallIntegerField(default=0)
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=200, default="")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    opportunity_id = models.BigIntegerField(null=True)
    deal_date = models.DateField(null=True)
    clock_at = models.DateTimeField(null=True)
    rung = models.SmallIntegerField(default=0)
    neglected = models.BooleanField(default=False)
    imported = models.BooleanField(default=False)

    row_type = "lead"
    told_by_work: ClassVar[frozenset[str]] = frozenset({"last_content", "next_step", "customer_intention"})
    clocked: ClassVar[frozenset[str]] = frozenset({"clock_at", "rung"})
    credited: ClassVar[frozenset[str]] = frozenset({"first_campaign_id", "last_campaign_id"})
    unrecorded = (
        Record.unrecorded
        | Owned.deadlines
        | clocked
        | credited
        | {"pinyin", "name_key", "fuzzy_key", "left_state", "intention_said"}
    )
    follows: ClassVar[tuple[str, ...]] = (
        "state", "left_state", "owner_followed", "returned", "released_at", "release_reason", "clock_at", "rung",
        "neglected",
    )  # fmt: skip
    falls_in: ClassVar[dict[str, tuple[str, ...]]] = {"state": tuple(state.value for state in WORKED)}
    customer_id: int | None
    contact_id: int | None
    campaign_id: int | None

    class Meta:
        indexes = [
            *standing_indexes("lead"),
            models.Index(fields=["owner", "id"], name="lead_owner"),
            models.Index(fields=["department", "id"], name="lead_department"),
            # the board reads its columns from these alone: of everybody, of an owner, of a department
            models.Index(fields=["state", "id"], include=["life", "owner", "department"], name="lead_state"),
            models.Index(fields=["owner", "state", "id"], include=["life"], name="lead_owner_state"),
            models.Index(fields=["department", "state", "id"], include=["life"], name="lead_department_state"),
            models.Index(fields=["life", "id"], name="lead_rest", condition=models.Q(life__gt=0)),
            models.Index(fields=["pinyin", "id"], name="lead_pinyin"),
            models.Index(fields=["next_contact_at", *IN_ORDER], name="lead_next"),
            models.Index(fields=["last_followed_at", *IN_ORDER], name="lead_last"),
            models.Index(fields=["updated_at", *IN_ORDER], name="lead_updated"),
            models.Index(fields=["clock_at"], name="lead_clock", condition=LATE),
            models.Index(fields=["neglected", "id"], name="lead_neglected", condition=models.Q(neglected=True)),
            models.Index(fields=["customer", "id"], name="lead_customer", condition=~models.Q(customer=None)),
            models.Index(fields=["contact"], name="lead_contact", condition=~models.Q(contact=None)),
            models.Index(
                fields=["opportunity_id"], name="lead_opportunity", condition=models.Q(opportunity_id__isnull=False)
            ),
            models.Index(fields=["name_key"], name="lead_name_key"),
            models.Index(fields=["fuzzy_key"], name="lead_fuzzy_key"),
            models.Index(fields=["mobile"], name="lead_mobile", condition=~models.Q(mobile="")),
            models.Index(fields=["phone"], name="lead_phone", condition=~models.Q(phone="")),
            models.Index(Lower("email"), name="lead_email", condition=~models.Q(email="")),
            models.Index(fields=["wechat"], name="lead_wechat", condition=~models.Q(wechat="")),
            models.Index(fields=["campaign", "id"], name="lead_campaign", condition=~models.Q(campaign=None)),
            *(
                models.Index(  # the figures of campaigns are read from it alone
                    fields=[f"{which}_campaign", "state"],
                    name=f"lead_{which}_touch",
                    condition=models.Q(life=Life.LIVE, **{f"{which}_campaign__isnull": False}),
                    include=["id", "owner", "department"],
                )
                for which in ("first", "last")
            ),
            GinIndex(fields=["search"], name="lead_search", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="lead_code_once"),
            models.CheckConstraint(condition=models.Q(life__in=Life.values), name="lead_life"),
            models.CheckConstraint(condition=models.Q(state__in=LeadState.values), name="lead_state_known"),
            models.CheckConstraint(  # L1 … L7: who has no owner is unassigned, and the other way round
                condition=models.Q(state=LeadState.UNASSIGNED, owner=None)
                | (~models.Q(state=LeadState.UNASSIGNED) & models.Q(owner__isnull=False)),
                name="lead_unassigned_without_owner",
            ),
            models.CheckConstraint(  # L10: a converted lead says to which customer
                condition=models.Q(state=LeadState.CONVERTED, customer__isnull=False, deal_date__isnull=False)
                | (~models.Q(state=LeadState.CONVERTED) & models.Q(customer=None, deal_date=None)),
                name="lead_converted_to_customer",
            ),
        ]

    def came_to(self, before: int | None, rule: Rule, reason: str, now: datetime) -> None:
        """What a change of hands means for the state (L1–L4, L6, L7, L14) and the clocks. Raises
        Refused("bad_move")."""
        undone = rule is Rule.UNDONE
        if self.owner_id is None and before is not None:
            if rule in TAKEN_BACK:
                demand_reclaimable(self.state)
            self.left_state = self.state
            MOVES.move(self, LeadState.UNASSIGNED)
            if not undone:
                self.returned, self.released_at, self.release_reason = self.returned + 1, now, reason[:200]
        elif self.owner_id is not None and self.state == LeadState.UNASSIGNED:
            if undone:  # no move: what was given up never was
                self.state, self.returned = self.left_state or LeadState.PENDING, max(self.returned - 1, 0)
            else:
                MOVES.move(self, LeadState.PENDING)
        self.owner_followed = undone and self.state in (LeadState.FOLLOWING, LeadState.INVALID)
        self.rung, self.neglected = 0, False
        self.set_clock()

    def stands_again(self) -> None:
        """Whether its owner has followed it, and the clocks, go by when it had come to him."""
        since, last = self.owner_since, self.last_followed_at
        self.owner_followed = since is not None and last is not None and last >= since
        self.set_clock()

    def stays_out(self) -> str:
        """A converted lead is in no pool any more (L10 is terminal)."""
        return str(MOVES.words[LeadState.CONVERTED]) if self.state == LeadState.CONVERTED else ""

    def set_clock(self) -> None:
        """When a time limit rings next, as the state is now and by the settings as they are."""
        self.clock_at = None
        if self.life != Life.LIVE:
            return
        if self.state == LeadState.UNASSIGNED:
            since, owned = self.pooled_at or self.created_at, False
        elif self.state in WORKED and not self.owner_followed:
            since, owned = self.owner_since or self.created_at, True
        else:
            return
        self.clock_at = clocks_now().rings_at(since, self.rung, owned=owned)


class Invalidity(models.Model):
    """Why a lead was marked invalid (L8), by whom, when. The newest counts while it is."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="invalidities", db_index=False)
    reason = models.CharField(max_length=60)
    note = models.CharField(max_length=500, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    lead_id: int
    by_id: int | None

    class Meta:
        indexes = [models.Index(fields=["lead", "-id"], name="invalidity_lead")]
