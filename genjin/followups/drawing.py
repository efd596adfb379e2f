"""How follow-ups look: the lines of a customer's panel, the composer, the statistics page. Nothing is written here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from genjin.customers.models import Customer
from genjin.followups.actions import create_followup
from genjin.followups.models import FollowUp
from genjin.followups.record import FOLLOWUP
from genjin.followups.rules import in_time
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, WRITE, may
from genjin.kernel.refusal import Refused
from genjin.ui.addresses import record_url
from genjin.ui.formats import Formats
from genjin.ui.forms.controls import Control, controls

METHOD_ICONS = {
    "phone": "phone-call",
    "visit": "map-pin",
    "meeting": "users",
    "email": "mail",
    "wechat": "brand-wechat",
    "sms": "message-circle",
}
COMPOSED = (
    "content", "method", "next_contact_at", "next_step", "intention", "occurred_at", "outcome", "result_date",
    "progress", "feedback",
)  # fmt: skip
TUCKED = COMPOSED[5:]
MOST_PILLS = 7


@dataclass(frozen=True)
class Line:
    """A follow-up as the panel shows it."""

    id: int
    url: str
    icon: str
    tone: str
    who: str
    method: str
    badges: list[tuple[str, str]]
    content: str
    feedback: str
    contact: str
    moment: str
    clock: str
    planned: str
    corrects: bool
    voids: bool
    imported: bool


@dataclass(frozen=True)
class Composer:
    """The form that writes a follow-up: its controls by key, what was wrong, the key that stops a double send.

    `pills`: whether the methods are few enough to lie side by side. `failed`: it was sent and refused.
    """

    url: str
    controls: dict[str, Control]
    key: str
    draft: str
    message: str = ""
    unfolded: bool = False
    failed: bool = False

    @property
    def pills(self) -> bool:
        """See above."""
        method = self.controls["method"]
        return method.component == "select" and len(method.given["options"]) <= MOST_PILLS


@dataclass(frozen=True)
class Drawer:
    """Draws for one actor, with what it asked already."""

    actor: Actor
    fmt: Formats
    _may: dict[str, bool] = field(default_factory=dict)

    def by_day(self, followups: Iterable[FollowUp]) -> list[tuple[str, list[Line]]]:
        """[(day heading, lines)], newest first as given."""
        days: list[tuple[str, list[Line]]] = []
        for followup in followups:
            heading = self.fmt.day_heading(followup.occurred_at)
            if not days or days[-1][0] != heading:
                days.append((heading, []))
            days[-1][1].append(self.line(followup))
        return days

    def line(self, followup: FollowUp) -> Line:
        """One follow-up in words."""
        own = followup.author_id == self.actor.member_id and in_time(followup.created_at, timezone.now())
        clock = self.fmt.clock(followup.occurred_at)
        return Line(
            id=followup.pk,
            url=record_url(FOLLOWUP, followup.pk),
            icon=METHOD_ICONS.get(followup.method, "message-2"),
            tone={"deal": "ok", "no_deal": "bad"}.get(followup.outcome, "acc"),
            who=author_of(self.actor, followup),
            method=self.words(followup, "method"),
            badges=self._badges(followup),
            content=followup.content,
            feedback=followup.feedback,
            contact=followup.contact.name if followup.contact_id and followup.contact else "",
            moment=self.fmt.moment(followup.occurred_at),
            clock="" if followup.imported and clock == "00:00" else clock,
            planned=self._planned(followup),
            corrects=own and self._reaches(followup, FOLLOWUP.grant("edit")),
            voids=(own and self._reaches(followup, FOLLOWUP.grant("edit"))) or self._voids(followup),
            imported=followup.imported,
        )

    def words(self, followup: FollowUp, key: str) -> str:
        """A field's value in words."""
        declared = FOLLOWUP.keys[key]
        return declared.text(getattr(followup, declared.attribute), self.actor)

    def _badges(self, followup: FollowUp) -> list[tuple[str, str]]:
        badges = []
        for key in ("outcome", "intention"):
            declared: Any = FOLLOWUP.keys[key]
            value = getattr(followup, key)
            if value:
                badges.append((declared.text(value, self.actor), declared.colour(value, self.actor)))
        if followup.progress is not None:
            badges.append((self.words(followup, "progress"), ""))
        return badges

    def _planned(self, followup: FollowUp) -> str:
        when = self.fmt.when(followup.next_contact_at) if followup.next_contact_at else ""
        return " ".join(part for part in (when, followup.next_step) if part)

    def _reaches(self, followup: FollowUp, grant: str) -> bool:
        """Rows of one customer share owner and team: asked once per grant."""
        if grant not in self._may:
            self._may[grant] = may(self.actor, followup, grant, WRITE)
        return self._may[grant]

    def _voids(self, followup: FollowUp) -> bool:
        grant = FOLLOWUP.grant("void")
        if grant not in self._may:
            self._may[grant] = may(self.actor, followup, grant, OWN)
        return self._may[grant] and self._reaches(followup, FOLLOWUP.grant("edit"))


def author_of(actor: Actor, followup: FollowUp) -> str:
    """Who made the contact: a member, or the name in the imported sheet."""
    if followup.author_id:
        return people.directory().member_name(followup.author_id, actor.stamp)
    return followup.author_name


def composer(
    actor: Actor, customer: Customer, url: str, sent: Mapping[str, str] | None = None, refusal: Refused | None = None
) -> Composer:
    """The form for a customer: empty (no time means the moment of saving), or as it was sent with what was wrong."""
    inputs = {f.key: f for f in create_followup.inputs(actor)}
    values = {key: sent.get(key, "") for key in COMPOSED} if sent is not None else {}
    errors = refusal.errors if refusal else {}
    drawn = controls(actor, [inputs[key] for key in COMPOSED], values, source=FOLLOWUP.plural, errors=errors)
    for one in drawn:
        one.given.update(id=f"fu-{one.name}", help=one.given["help"] if one.name == "occurred_at" else "")
    return Composer(
        url=url,
        controls={one.name: one for one in drawn},
        key=(sent or {}).get("idempotency_key") or uuid.uuid4().hex,
        draft=f"followup.{customer.pk}",
        message="" if not refusal or refusal.errors else refusal.message,
        unfolded=any(values.get(key) or errors.get(key) for key in TUCKED),
        failed=refusal is not None,
    )
