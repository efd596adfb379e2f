"""What an action of imports keeps besides: how the columns of a file were matched, for the next file of its shape."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from genjin.kernel.actor import Actor
from genjin.surfaces.imports.kinds import Kind
from genjin.surfaces.imports.models import ImportShape
from genjin.surfaces.imports.remembering import digest, kept
from genjin.surfaces.imports.rules import Rule


def remember(actor: Actor, kind: Kind, headings: Sequence[str], rules: Sequence[Rule]) -> None:
    """Keep the rules of this member for files with these headings; for use within an action."""
    if actor.member_id is None:
        return
    ImportShape.objects.update_or_create(
        member_id=actor.member_id,
        kind=kind.key,
        digest=digest(kind, headings),
        defaults={"rules": kept(headings, rules), "used_at": timezone.now()},
    )
