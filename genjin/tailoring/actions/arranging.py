"""How forms and facts of a record type are laid out: sections, order, what declared fields are called, short form."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.models.definitions import Layout
from genjin.kernel.recording import record, record_removal
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import bump_stamp
from genjin.org.changing import check_version
from genjin.tailoring import inputs
from genjin.tailoring.actions.rows import standing
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.rules.layouts import checked_overlays, checked_quick, checked_sections


@action("layouts.arrange", on=Layout, needs=MANAGE, label=gettext_lazy("调整布局"), icon="pencil", listed=False)
def arrange_layout(
    actor: Actor,
    *,
    record_type: inputs.Type,
    sections: inputs.Sections = None,
    overlays: inputs.Overlays = None,
    quick: inputs.Quick = None,
) -> Layout:
    """Lay a type out; what is not given stays, an empty list or object means as declared. A field that no section names
    stays where it is. Raises Refused("bad_layout", "bad_condition", "unchanged"), Stale."""
    bump_stamp()
    row = Layout.objects.select_for_update().filter(record_type=record_type).first() or Layout(record_type=record_type)
    check_version(row)
    whole = standing(record_type)
    was = (row.sections, row.overlays, row.quick)
    if overlays is not None:
        row.overlays = checked_overlays(overlays, RECORD_TYPES[record_type])
    if sections is not None:
        row.sections = checked_sections(sections, whole, RECORD_TYPES[record_type])
    if quick is not None:
        row.quick = checked_quick(quick, whole)
    if was == (row.sections, row.overlays, row.quick):
        raise Refused("unchanged", _("没有改动，不需要保存"))
    record(actor, row)
    bump_stamp()
    return row


@action(
    "layouts.reset",
    on=Layout,
    needs=MANAGE,
    label=gettext_lazy("恢复默认布局"),
    icon="arrow-back-up",
    danger=True,
    listed=False,
)
def reset_layout(actor: Actor, *, record_type: inputs.Type) -> None:
    """Lay a type out as declared again; fields stay. Raises Refused("unchanged")."""
    row = Layout.objects.select_for_update().filter(record_type=record_type).first()
    if row is None:
        raise Refused("unchanged", _("布局没有改动过"))
    record_removal(actor, row)
    bump_stamp()
