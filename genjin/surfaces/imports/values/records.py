"""Other records a row names (上级单位, 市场活动): by number or name. What is not there is told in the remarks."""

from __future__ import annotations

from django.utils.translation import gettext as _

from genjin.customers.queries import customer_called
from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.doors import visible_to
from genjin.kernel.fields import RecordRef
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES
from genjin.surfaces.imports.values.found import (
    Asked,
    Found,
    Reader,
    digits_of,
    is_nothing,
    plain,
    refuse_broken,
    shortened,
    written,
)

MOST_KEPT = 10_000


def reader(asked: Asked) -> Reader:
    """Reads the id of a record the actor may see; each text is looked up once."""
    kept: dict[str, int | None] = {}
    to = asked.field.to if isinstance(asked.field, RecordRef) else CUSTOMER.key

    def read(cell: object) -> object:
        if cell is None:
            return None
        text = plain(digits_of(cell) if isinstance(cell, float) else written(cell))  # type: ignore[arg-type]
        refuse_broken(text)
        if is_nothing(text):
            return None
        if text not in kept:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[text] = _called(asked.actor, to, text)
        known = kept[text]
        if known is not None:
            return known
        facts = {"text": shortened(text), "field": asked.label, "type": str(RECORD_TYPES[to].label)}
        return Found(None, rest=(text,), hint=_("没有找到%(type)s“%(text)s”，「%(field)s」留空，写入备注") % facts)

    return read


def _called(actor: Actor, to: str, text: str) -> int | None:
    """The newest record of a type that he sees with this number, or this very name."""
    if to == CUSTOMER.key:
        return customer_called(actor, text)
    declared = RECORD_TYPES[to]
    if not actor.may(declared.grant("see")):
        return None
    rows = visible_to(actor, declared.model).filter(life__lt=Life.VOIDED)
    found = rows.filter(code=text).values_list("pk", flat=True).first()
    named = rows.filter(**{f"{declared.title}__iexact": text}).order_by("life", "-pk")
    return found or named.values_list("pk", flat=True).first()
