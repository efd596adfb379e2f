"""A form in the making, as the editor keeps it between requests: plain texts, lines of fields."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import override

from genjin.kernel.actor import Actor
from genjin.leadforms.declared import USUAL, needed, offered
from genjin.leadforms.models import LeadForm
from genjin.leadforms.rules import MOST_FIELDS, Asked, Target
from genjin.org.queries import organisation

PLAIN = (
    "name", "title", "intro", "consent", "thanks", "thanks_link", "target", "owner", "pool", "scheme", "source",
    "campaign", "hosts", "opens_at", "closes_at", "most",
)  # fmt: skip

IDS = ("owner", "pool", "scheme", "campaign")


@dataclass
class Draft:
    """What stands in the editor. `plain`: {input: text}; `lines`: the fields in order."""

    plain: dict[str, str]
    review: bool = False
    lines: list[Asked] = field(default_factory=list)

    def raw(self) -> dict[str, Any]:
        """As the actions take it."""
        fields = json.dumps([line.kept() for line in self.lines], ensure_ascii=False)
        return {**self.plain, "review": "1" if self.review else "", "fields": fields}

    def form(self) -> LeadForm:
        """As a form that is not kept: for the preview."""
        texts = {key: self.plain[key] for key in ("name", "title", "intro", "consent", "thanks")}
        return LeadForm(**texts, fields=[line.kept() for line in self.lines])


def blank(actor: Actor) -> Draft:
    """What a new form begins with: the usual fields, what every lead needs, a text to start from."""
    known = offered(actor.stamp)
    lines = [one for one in USUAL if one.key in known]
    lines += [
        Asked(key, required=True) for key in needed(actor.stamp) if key in known and key not in {x.key for x in lines}
    ]
    plain = dict.fromkeys(PLAIN, "")
    plain |= {"target": str(Target.OWNER), "owner": str(actor.member_id or ""), "consent": consent_for(actor)}
    return Draft(plain, False, lines)


def consent_for(actor: Actor) -> str:
    """A text to start from (art. 14, 17 of the law on personal information), in the language of the public."""
    with override(settings.LANGUAGE_CODE):
        words = _(
            "%(company)s将收集您在本表单填写的信息，仅用于就本次咨询与您联系。信息保存在%(company)s自己的系统中，不向第三方提供。"
            "您可以随时与我们联系，查阅、更正、删除这些信息或撤回同意；撤回同意不影响此前的处理。"
        )
        return words % {"company": organisation(actor).company}


def kept(actor: Actor, form: LeadForm) -> Draft:
    """A stored form."""

    def moment(value: Any) -> str:
        return value.astimezone(actor.zone).strftime("%Y-%m-%dT%H:%M") if value else ""

    plain = {key: str(getattr(form, key) or "") for key in PLAIN if key not in (*IDS, "hosts")}
    plain |= {key: str(getattr(form, f"{key}_id") or "") for key in IDS}
    plain |= {"hosts": "\n".join(form.hosts), "opens_at": moment(form.opens_at), "closes_at": moment(form.closes_at)}
    known = offered(actor.stamp)
    lines = [Asked(**raw) for raw in form.fields if raw["key"] in known]
    return Draft(plain, form.review, lines)


def sent(post: QueryDict) -> Draft:
    """What the editor sent: `line` names the lines in order, `l3.key`, `l3.label`, `l3.help`, `l3.required` what stands
    in one."""
    lines = [
        Asked(
            post.get(f"l{n}.key", ""), post.get(f"l{n}.label", ""), post.get(f"l{n}.help", ""),
            bool(post.get(f"l{n}.required")),
        )
        for n in post.getlist("line")[:MOST_FIELDS]
    ]  # fmt: skip
    return Draft({key: post.get(key, "") for key in PLAIN}, bool(post.get("review")), lines)


def changed(actor: Actor, lines: list[Asked], change: str) -> list[Asked]:
    """The lines after `add.<field>`, `up.2`, `down.2`, `drop.2`; others leave them as they are."""
    verb, _dot, what = change.partition(".")
    if verb == "add":
        used = {line.key for line in lines}
        room = len(lines) < MOST_FIELDS and what in offered(actor.stamp) and what not in used
        return [*lines, Asked(what)] if room else lines
    place = int(what) if what.isdecimal() and int(what) < len(lines) else -1
    if place < 0:
        return lines
    if verb == "drop":
        return [*lines[:place], *lines[place + 1 :]]
    other = place - 1 if verb == "up" else place + 1
    if verb in ("up", "down") and 0 <= other < len(lines):
        lines = list(lines)
        lines[place], lines[other] = lines[other], lines[place]
    return lines
