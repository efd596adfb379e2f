"""Other customers a row names (上级单位, 介绍人): by number or name. Whoever is not there is told in the remarks."""

from __future__ import annotations

from django.utils.translation import gettext as _

from genjin.customers.queries import customer_called
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
    """Reads the id of a customer the actor may see; each text is looked up once."""
    kept: dict[str, int | None] = {}

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
            kept[text] = customer_called(asked.actor, text)
        known = kept[text]
        if known is not None:
            return known
        facts = {"text": shortened(text), "field": asked.label}
        return Found(None, rest=(text,), hint=_("没有找到客户“%(text)s”，「%(field)s」留空，写入备注") % facts)

    return read
