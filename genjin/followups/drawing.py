"""How follow-ups look: the lines of panels, words in the statistics. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.followups.limits import edit_hours
from genjin.followups.models import FollowUp
from genjin.followups.queries import Beside, beside
from genjin.followups.record import FOLLOWUP
from genjin.followups.rules import in_time
from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, WRITE, may
from genjin.kernel.models.files import File
from genjin.kernel.seeing import as_seen
from genjin.ui.addresses import record_url
from genjin.ui.formats import Formats

METHOD_ICONS = {
    "phone": "phone-call",
    "visit": "map-pin",
    "meeting": "users",
    "email": "mail",
    "wechat": "brand-wechat",
    "sms": "message-circle",
}
TOLD = ("feedback", "objections", "solution", "place", "late_reason")
BADGES = ("outcome", "call_result", "intention", "response")


@dataclass(frozen=True)
class Line:
    """A follow-up as panels show it. `facts`: (label, words) of what else was said; `planned_url`: the plan that the
    next step became; `files`: (name, address); `comments`: how many stand under it."""

    id: int
    url: str
    icon: str
    tone: str
    who: str
    method: str
    badges: list[tuple[str, str]]
    content: str
    facts: list[tuple[str, str]]
    contact: str
    moment: str
    clock: str
    planned: str
    planned_url: str
    files: list[tuple[str, str]]
    comments: int
    edited: str
    late: str
    corrects: bool
    voids: bool
    imported: bool


@dataclass(frozen=True)
class Drawer:
    """Draws for one actor, with what it asked already."""

    actor: Actor
    fmt: Formats
    _may: dict[str, bool] = field(default_factory=dict)

    def by_day(self, followups: Sequence[FollowUp]) -> list[tuple[str, list[Line]]]:
        """[(day heading, lines)], newest first as given."""
        hangs = beside([followup.pk for followup in followups])
        days: list[tuple[str, list[Line]]] = []
        for followup in followups:
            heading = self.fmt.day_heading(followup.occurred_at)
            if not days or days[-1][0] != heading:
                days.append((heading, []))
            days[-1][1].append(self.line(followup, hangs))
        return days

    def line(self, followup: FollowUp, hangs: Beside | None = None) -> Line:
        """One follow-up in words."""
        followup, contact = as_seen(self.actor, followup), followup.contact
        hangs = hangs or beside([followup.pk])
        own = followup.author_id == self.actor.member_id and self._open(followup.created_at)
        corrects = own and self._reaches(followup, FOLLOWUP.grant("edit"))
        clock = self.fmt.clock(followup.occurred_at)
        return Line(
            id=followup.pk,
            url=record_url(FOLLOWUP, followup.pk),
            icon=METHOD_ICONS.get(followup.method, "message-2"),
            tone={"deal": "ok", "no_deal": "bad"}.get(followup.outcome, "acc" if followup.effective else ""),
            who=author_of(self.actor, followup),
            method=self._how(followup),
            badges=self._badges(followup),
            content=followup.content,
            facts=[(str(FOLLOWUP.keys[key].label), words) for key in TOLD if (words := self.words(followup, key))],
            contact=contact.name if followup.contact_id and contact else "",
            moment=self.fmt.moment(followup.occurred_at),
            clock="" if followup.imported and clock == "00:00" else clock,
            planned=self._planned(followup),
            planned_url=record_url("plan", followup.next_plan_id) if followup.next_plan_id else "",
            files=_files(hangs.files.get(followup.pk, ())),
            comments=hangs.comments.get(followup.pk, 0),
            edited=self.fmt.moment(followup.edited_at) if followup.edited_at else "",
            late=_("逾期补录 %(hours)d 小时") % {"hours": followup.late_hours} if followup.late_hours else "",
            corrects=corrects,
            voids=corrects or self._voids(followup),
            imported=followup.imported,
        )

    def words(self, followup: FollowUp, key: str) -> str:
        """A field's value in words, of a row as the actor may know it."""
        declared = FOLLOWUP.keys[key]
        return declared.text(getattr(followup, declared.attribute), self.actor)

    def _how(self, followup: FollowUp) -> str:
        parts = (self.words(followup, "method"), self.words(followup, "minutes") if followup.minutes else "")
        return " ".join(part for part in parts if part)

    def _badges(self, followup: FollowUp) -> list[tuple[str, str]]:
        badges = []
        for key in BADGES:
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

    def _open(self, written_at: datetime) -> bool:
        return in_time(written_at, timezone.now(), edit_hours(self.actor))

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


def _files(files: Iterable[File]) -> list[tuple[str, str]]:
    return [(file.name, reverse("file", args=[file.pk])) for file in files]
