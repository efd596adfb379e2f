"""Values as people write them in sheets: one module for each sort, and which field is read by which."""

from __future__ import annotations

from collections.abc import Callable

from genjin.kernel.fields import Named
from genjin.surfaces.imports.values import (
    choices,
    dates,
    names,
    naming,
    numbers,
    people,
    phones,
    places,
    records,
    texts,
    yesno,
)
from genjin.surfaces.imports.values.found import Asked, Found, Reader

BY_KIND: dict[str, Callable[[Asked], Reader]] = {
    "date": dates.reader,
    "datetime": dates.reader,
    "birthday": dates.reader,
    "number": numbers.reader,
    "percent": numbers.reader,
    "money": numbers.reader,
    "yesno": yesno.reader,
    "phone": phones.reader,
    "email": texts.address_reader,
    "url": texts.address_reader,
    "choice": choices.reader,
    "multichoice": choices.reader,
    "tags": choices.reader,
    "person": people.reader,
    "department": people.department_reader,
    "region": places.reader,
    "industry": places.reader,
    "record": records.reader,
}


def reader_for(asked: Asked, target: str = "") -> Reader:
    """The reader of a column: by what it brings, else by the kind of its field; a text as it stands for the others."""
    if target == "followup.author":
        return people.reader(asked)
    if target == "contact.name":
        return names.reader(asked)
    if asked.field.key in texts.CODES:
        return texts.code_reader(asked)
    if isinstance(asked.field, Named):
        return naming.reader(asked)
    return BY_KIND.get(asked.field.kind, texts.reader)(asked)


__all__ = ["Asked", "Found", "Reader", "reader_for"]
