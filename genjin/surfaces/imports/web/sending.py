"""What the pages of settings send back, as rules and policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.surfaces.imports.kinds import EXTRA, Kind, Target
from genjin.surfaces.imports.policy import LEFT_OUT
from genjin.surfaces.imports.rules import Rule, answered


def sent_policy(sent: QueryDict) -> dict[str, Any]:
    """What the card of rules sent."""
    found: dict[str, Any] = {}
    if "switches" in sent:
        found |= {name: name in sent for name in ("by_phone", "by_likeness")}
    if "given" in sent:
        found |= {"given": _given(sent)}
        if "finds" in sent:
            found["makes"] = "makes" in sent
    if "assign" in sent:
        share = [int(member) for member in sent.getlist("share") if member.isdecimal() and len(member) < 19]
        found |= {"assign": sent["assign"], "share": share, "owner": None}
    pool = sent.get("pool", "")
    if pool.isdecimal() and len(pool) < 19:
        found["pool"] = int(pool)
    if "reason" in sent:
        found["reason"] = sent["reason"]
    duplicates = {name.removeprefix("why-"): sent[name] for name in sent if name.startswith("why-")}
    return found | ({"duplicates": duplicates} if duplicates else {})


def _given(sent: QueryDict) -> dict[str, str]:
    """{target: text} of what is to stand where the sheet says nothing; of rows that name nobody the way chosen."""
    names = (name for name in sent if name.startswith("given-"))
    found = {name.removeprefix("given-"): sent.get(name, "").strip() for name in names}
    way, whom = sent.get("nobody", ""), sent.get("nobody-target", "")
    if whom:
        named = sent.get("nobody-name", "").strip() or _("待确认客户")
        found[whom] = {"skip": LEFT_OUT, "named": named}.get(way, "")
    return {target: text for target, text in found.items() if text}


def sent_rules(actor: Actor, kind: Kind, rules: Sequence[Rule], sent: QueryDict) -> list[Rule]:
    """The rules with what the page sent: other fields, answers. Raises Refused("bad_rule")."""
    known = kind.targets(actor)
    found = [_retargeted(rule, sent, known) for rule in rules]
    moved = {new.target for old, new in zip(rules, found, strict=True) if new.target and new.target != old.target}
    freed = [_freed(old, new, moved) for old, new in zip(rules, found, strict=True)]
    return [_answered(rule, sent) for rule in freed]


def _freed(old: Rule, new: Rule, moved: set[str]) -> Rule:
    """A field that another column takes over leaves the column that had it."""
    taken = new.target == old.target and new.target in moved and not new.target.startswith(f"{EXTRA}.")
    return Rule(old.index, old.heading, epoch=old.epoch) if taken else new


def _retargeted(rule: Rule, sent: QueryDict, known: Mapping[str, Target]) -> Rule:
    target = sent.get(f"target-{rule.index}", rule.target)
    if target == rule.target or (target and target not in known):
        return rule
    return Rule(rule.index, rule.heading, target, "chosen" if target else "", epoch=rule.epoch)


def _answered(rule: Rule, sent: QueryDict) -> Rule:
    if not rule.target:
        return rule
    for asked in ("date_order", "unit", "span"):
        choice = sent.get(f"answer-{rule.index}-{asked}")
        if choice is not None:
            rule = answered(rule, asked, {"": choice})
    for asked in ("options", "people", "names"):
        name = f"answer-{rule.index}-{asked}"
        pairs = zip(sent.getlist(f"{name}-text"), sent.getlist(f"{name}-to"), strict=False)
        answers = {text: choice for text, choice in pairs if choice}
        if answers:
            rule = answered(rule, asked, answers)  # type: ignore[arg-type]  # one of the two
    return rule
