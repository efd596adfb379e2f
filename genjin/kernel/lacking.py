"""What an actor may not give an action, because a role of his does not let him change the field of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from genjin.kernel.fields.base import Field
from genjin.kernel.refusal import Forbidden

if TYPE_CHECKING:
    from genjin.kernel.actions import Action
    from genjin.kernel.actor import Actor
    from genjin.kernel.records import RecordType


def allowed(actor: Actor, record_type: RecordType | None, inputs: tuple[Field, ...]) -> tuple[Field, ...]:
    """Those of an action's own inputs that the actor may give."""
    if not actor.rights or record_type is None:
        return inputs
    return tuple(f for f in inputs if not _is_denied(actor, record_type, f.key))


def lacking(actor: Actor, action: Action[Any, Any]) -> Field | None:
    """Something that must be given and is nothing the actor may give: menus do not offer such a verb."""
    declared = action.record_type
    if not actor.rights or declared is None:
        return None
    needed = [f for f in action.own_inputs if f.required and _is_denied(actor, declared, f.key)]
    if action.takes_values and not action.takes_row:
        open_ = {f.key for f in declared.editable_fields(actor)}
        needed += [f for f in declared.fields if f.required and f.editable and f.key not in open_]
    return needed[0] if needed else None


def demand_all(actor: Actor, action: Action[Any, Any]) -> None:
    """Raises Forbidden when something is lacking."""
    missing = lacking(actor, action)
    if missing is not None:
        told = {"field": missing.label, "verb": action.label}
        raise Forbidden(_("您不能填写「%(field)s」，不能%(verb)s") % told)


def _is_denied(actor: Actor, record_type: RecordType, key: str) -> bool:
    """Whether a right limits a field that people fill in. Of another one (the plan of a follow-up) an input is a step
    of the work."""
    known = record_type.own_fields.get(key)
    return known is not None and known.editable and f"{record_type.key}.{key}" in {path for path, _a in actor.rights}
