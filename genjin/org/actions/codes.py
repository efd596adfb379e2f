"""Writes of code patterns: how the codes of new records look. Existing codes never change."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.codes import BadPattern, parse_pattern
from genjin.kernel.fields import Text
from genjin.kernel.models.options import CodeSeries
from genjin.kernel.recording import record
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import bump_stamp

TypeKey = Annotated[str, Text(key="record_type", label=gettext_lazy("记录类型"))]
Pattern = Annotated[
    str,
    Text(
        key="pattern",
        label=gettext_lazy("编号规则"),
        most=60,
        help=gettext_lazy("{000000} 是流水号，还可以用 {YYYY} {YY} {MM} {DD}"),
    ),
]


@action(
    "codes.set_pattern",
    on=CodeSeries,
    needs="settings.manage",
    label=gettext_lazy("修改编号规则"),
    icon="pencil",
    listed=False,
)
def set_pattern(actor: Actor, *, record_type: TypeKey, pattern: Pattern) -> CodeSeries:
    """Change the pattern for new codes of a type. Raises NotFound, Refused("bad_pattern")."""
    if record_type not in RECORD_TYPES:
        raise NotFound
    try:
        parse_pattern(pattern)
    except BadPattern as error:
        raise Refused("bad_pattern", str(error), "pattern") from None
    row = CodeSeries.objects.select_for_update().filter(record_type=record_type).first()
    row = row or CodeSeries(record_type=record_type)
    row.pattern = pattern
    record(actor, row)
    bump_stamp()
    return row
