"""What an action of imports keeps besides: how the columns of a file were matched and what was decided, for the next
file of its shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from genjin.kernel.actor import Actor
from genjin.surfaces.imports.kinds import KINDS, Kind
from genjin.surfaces.imports.models import Import, ImportShape
from genjin.surfaces.imports.remembering import digest, kept
from genjin.surfaces.imports.rules import Rule, rules_from_json


def remember(
    actor: Actor, kind: Kind, headings: Sequence[str], rules: Sequence[Rule], policy: Mapping[str, Any] | None = None
) -> None:
    """Keep rules and policy of this member for files with these headings; for use within an action."""
    if actor.member_id is None:
        return
    ImportShape.objects.update_or_create(
        member_id=actor.member_id,
        kind=kind.key,
        digest=digest(kind, headings),
        defaults={"rules": kept(headings, rules), "policy": policy or {}, "used_at": timezone.now()},
    )


def remember_import(actor: Actor, batch: Import) -> None:
    """The same for what was set for an import."""
    remember(actor, KINDS[batch.kind], batch.layout["header"], rules_from_json(batch.rules), batch.policy)
