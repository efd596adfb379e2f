"""One action on many rows: which rows are meant, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from genjin.kernel.actions import Action, BatchOutcome
from genjin.kernel.actor import Actor
from genjin.kernel.lists.pages import ids_of
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.titles import titles_of
from genjin.kernel.wording import in_sentence
from genjin.ui.addresses import list_url
from genjin.ui.forms.confirming import to_draw
from genjin.ui.forms.controls import controls
from genjin.ui.forms.finding import verb_of
from genjin.ui.forms.reading import ids, raw_inputs
from genjin.ui.forms.running import FormView
from genjin.ui.forms.showing import opening
from genjin.ui.lists.listing import Place
from genjin.ui.lists.state import read_state
from genjin.ui.pages import PageRequest
from genjin.ui.views.queries import tabs_of

MOST_ROWS = 1_000
MOST_AT_ONCE = 20  # more are asked about first, even what can be undone
MOST_TOLD = 50


@dataclass(frozen=True)
class Told:
    """A row that was refused, in words."""

    title: str
    reason: str


def chosen_rows(actor: Actor, record_type: RecordType, sent: QueryDict, place: Place | None = None) -> Sequence[int]:
    """The ticked rows, or all rows of the list (`all=1` with the list's state). Raises Refused."""
    if sent.get("all") != "1":
        chosen = ids(sent, MOST_ROWS)
    else:
        tabs = place.tabs if place else tabs_of(actor, record_type)
        state = read_state(actor, record_type, tabs, sent, place.base if place else "")
        chosen = list(ids_of(actor, state.listing.without_page(), MOST_ROWS + 1))
    if not chosen:
        raise Refused("nothing_chosen", _("请先选择要操作的记录"))
    if len(chosen) > MOST_ROWS:
        raise Refused("too_many", _("一次最多操作 %d 条，请先缩小筛选范围") % MOST_ROWS)
    return chosen


class BulkForm:
    """The form of an action on many rows. `place`: where their list lies, if not at the type's own address; `looking`:
    who sees them there."""

    def __init__(
        self,
        request: PageRequest,
        record_type: RecordType,
        action: Action[Any, Any],
        *,
        looking: Actor | None = None,
        place: Place | None = None,
    ) -> None:
        self.request, self.record_type, self.action = request, record_type, action
        self.sent = request.POST if request.method == "POST" else request.GET
        self.rows = chosen_rows(looking or request.actor, record_type, self.sent, place)
        self.base = place.base if place else list_url(record_type)
        self.refusal: Refused | None = None

    def run(self) -> BatchOutcome | None:
        """Run with what was sent. None when an input is wrong, or when so many rows are asked about first; raises
        Refused when the whole batch is refused."""
        if "drawn" not in self.sent and len(self.rows) > MOST_AT_ONCE:
            return None
        actor = self.request.actor
        try:
            return self.action.run_many(actor, self.rows, raw_inputs(self.action.inputs(actor), self.sent))
        except Refused as refusal:
            if not refusal.errors:
                raise
            self.refusal = refusal
            return None

    def view(self) -> FormView:
        """What to draw."""
        actor, action = self.request.actor, self.action
        fields = to_draw(action.inputs(actor), self.refusal, self.sent)
        values = raw_inputs(fields, self.sent) if self.refusal else opening(actor, fields)
        errors = self.refusal.errors if self.refusal else {}
        words = {"verb": action.label, "count": len(self.rows), "what": in_sentence(self.record_type.many)}
        return FormView(
            title=_("%(verb)s：%(count)d 条%(what)s") % words,
            url=f"{self.base}/bulk/{verb_of(self.record_type, action)}",
            submit=str(action.label),
            first=controls(actor, fields, values, source=action.name, errors=errors),
            hidden=[("drawn", ",".join(f.key for f in fields)), *(("ids", row_id) for row_id in self.rows)],
            text=str(action.confirm),
            danger=action.danger,
        )


def told(actor: Actor, record_type: RecordType, outcome: BatchOutcome) -> list[Told]:
    """The refused rows with their reasons, at most MOST_TOLD."""
    refused = outcome.refused[:MOST_TOLD]
    titles = titles_of(actor, record_type.key, [row_id for row_id, _refusal in refused])
    return [Told(titles.get(row_id, "—"), refusal.message) for row_id, refusal in refused]
