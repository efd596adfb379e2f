"""What the database refused, in words."""

from __future__ import annotations

from django.db import DatabaseError
from django.utils.translation import gettext as _

from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import in_force


def as_refusal(error: DatabaseError) -> Refused:
    """A broken constraint as a refusal. Raises the error itself where it is none of values that exist once."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    for record_type in RECORD_TYPES.values():
        for field_ in in_force(record_type, 0).fields:
            if field_.unique and name == f"{record_type.key}_{field_.key}_once":
                message = _("「%s」已被另一条记录使用，不能重复") % field_.label
                return Refused("duplicate", message, field_.key)
    if name.endswith("_once"):
        return Refused("duplicate", _("已有相同的记录，不能重复"))
    raise error
