"""Two people edited the same form: what each of them changed is kept, and only what both changed is asked about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

Plain = Mapping[str, Any]


@dataclass(frozen=True)
class Merged:
    """The values to go on with, and {key: (theirs, mine)} of what is still to be decided (mine stands in `values`)."""

    values: dict[str, Any]
    open: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def merge(was: Plain, mine: Plain, theirs: Plain) -> Merged:
    """Of what the form was filled with, what was sent, and what is stored now. Values are as browsers send them."""
    values: dict[str, Any] = {}
    undecided: dict[str, tuple[Any, Any]] = {}
    for key in {**theirs, **mine}:
        my, their = mine.get(key), theirs.get(key)
        if key in was and was[key] == my:
            values[key] = their
            continue
        values[key] = my
        if my != their and not (key in was and was[key] == their):
            undecided[key] = (their, my)
    return Merged(values, undecided)


def decide(mine: Plain, theirs: Plain, sent: QueryDict) -> dict[str, Any]:
    """What was sent, with the stored value where the editor chose it (`take.<key>=theirs`)."""
    taken = {key for key in theirs if sent.get(f"take.{key}") == "theirs"}
    return {key: theirs[key] if key in taken else value for key, value in mine.items()}


def was_of(sent: QueryDict) -> dict[str, Any]:
    """What the form was filled with, as its hidden `was` tells; {} for nonsense."""
    try:
        found = json.loads(sent.get("was") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def told_was(values: Plain) -> str:
    """For the hidden `was`."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
