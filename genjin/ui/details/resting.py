"""The banner on a record that lies in the recycle bin: who put it there, when and why, and the way back.

Areas whose records rest for other reasons (archived, paused) draw the same banner through a panel of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS, Action
from genjin.kernel.actor import Actor
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.records import type_of
from genjin.kernel.timeline import latest
from genjin.ui.addresses import record_url
from genjin.ui.details.cards import Drawn
from genjin.ui.formats import Formats

TEMPLATE = "ui/resting.html"


def voided_banner(
    actor: Actor, record: Record, fmt: Formats, offered: Iterable[tuple[Action[Any, Any], str]]
) -> list[Drawn]:
    """The banner of a voided record as a list of one panel; empty for any other record."""
    if record.life != Life.VOIDED:
        return []
    parts = [_("在回收站里，不再计入列表和统计")]
    if found := latest(actor, record, type_of(record).grant("void")):
        at, who, note = found
        parts = [who, fmt.when(at), str(note.get("reason", ""))]
    back = next((action for action, verb in offered if verb == "restore"), None)
    return [banner(record, str(_("已作废")), parts, "restore" if back else "", str(back.label) if back else "")]


def banner(record: Record, title: str, parts: Iterable[str], verb: str = "", label: str = "") -> Drawn:
    """A banner with a title, what is known of it, and the button of the action that ends it."""
    declared, address = type_of(record), record_url(type_of(record), record.pk)
    action = ACTIONS.get(declared.grant(verb)) if verb else None
    return Drawn(
        TEMPLATE,
        {
            "resting": title,
            "resting_parts": [part for part in parts if part],
            "back_url": f"{address}/actions/{verb}" if verb else "",
            "back_label": label,
            "back_at_once": action is not None and action.at_once,
        },
    )
