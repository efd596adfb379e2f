"""Words about handovers: what is said to each customer, names of receivers, what a handover came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from genjin.handover.models import Handover
from genjin.handover.queries import label_of
from genjin.handover.receivers import member_of, name_of
from genjin.handover.rules import Standing
from genjin.kernel.actor import Actor
from genjin.kernel.wording import listed
from genjin.org.queries import organisation

PLACES = {
    "customer": ("{客户}", "{customer}"),
    "receiver": ("{接收人}", "{receiver}"),
    "phone": ("{电话}", "{phone}"),
    "leaver": ("{交接人}", "{leaver}"),
    "day": ("{日期}", "{date}"),
}
"""What stands in the words for customers until the names are put in."""


def notice_for(actor: Actor, row: Handover, customer: str, to: str, day: date) -> str:
    """What may be said to a customer: the words with its names; '' when none are wanted."""
    if not row.notice:
        return ""
    people = organisation(actor).people
    receiver = people.get(member_of(to) or 0)
    facts = {
        "customer": customer,
        "receiver": name_of(actor, to),
        "phone": receiver.phone if receiver and receiver.phone else _("电话稍后告知"),
        "leaver": people[row.leaver_id].name,
        "day": f"{day:%Y-%m-%d}",
    }
    words = row.notice
    for place, written in PLACES.items():
        for mark in written:
            words = words.replace(mark, facts[place])
    return words


def names_of(actor: Actor, receivers: Sequence[str]) -> str:
    """张三、李四."""
    return listed(name_of(actor, to) for to in receivers)


def outcome_of(row: Handover) -> str:
    """客户 120、未完成的计划 8: what changed hands (or was given back)."""
    wanted = str(int(Standing.MOVED)), str(int(Standing.BACK))
    told = [
        f"{label_of(part)} {sum(counts.get(key, 0) for key in wanted):,}"
        for part, counts in row.counts.items()
        if any(counts.get(key) for key in wanted)
    ]
    return listed(told) or _("没有内容移交")
