"""Answers that need something made first: options that a sheet has and the list has not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice
from genjin.kernel.options import find_option
from genjin.kernel.stamps import current_stamp
from genjin.org.actions.options import add_option
from genjin.surfaces.imports.kinds import Kind
from genjin.surfaces.imports.rules import NEW, Rule
from genjin.surfaces.imports.values.choices import may_create


def create_options(actor: Actor, kind: Kind, rules: Sequence[Rule]) -> tuple[Actor, list[Rule]]:
    """Make the options that were answered with NEW by the action of the settings, and the rules that name them. The
    actor comes back with the stamp that knows them. Raises Forbidden without the right to make options."""
    targets = kind.targets(actor)
    found: list[Rule] = []
    for rule in rules:
        target = targets.get(rule.target)
        wanted = [text for text, answer in rule.options.items() if answer == NEW]
        if not wanted or target is None or not isinstance(target.field, Choice) or not may_create(target.field):
            found.append(rule)
            continue
        made: dict[str, str] = {}
        for text in wanted:
            made[text] = _made(actor, target.field, text)
            actor = replace(actor, stamp=current_stamp())
        found.append(rule.with_(options={**rule.options, **made}))
    return actor, found


def _made(actor: Actor, field: Choice, text: str) -> str:
    """The key of the option with this label: one that is there by now, else a new one."""
    label = text[:60]
    there = find_option(field.options, label, actor.stamp)
    return there.key if there else add_option(actor, list_key=field.options, label=label).key
