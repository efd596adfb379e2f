"""A kept value of one kind as another kind keeps it: what cannot be said without loss is refused, value by value."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.conditions import NOTHING
from genjin.kernel.fields.base import Field, FieldError
from genjin.kernel.fields.choices import Choice, MultiChoice, YesNo
from genjin.kernel.fields.numbers import Number
from genjin.kernel.fields.own import Own
from genjin.kernel.fields.texts import LongText
from genjin.kernel.fields.times import Date, DateTime

FROM_AND_TO = frozenset(
    {
        "text", "longtext", "number", "money", "percent", "date", "datetime", "choice", "multichoice", "yesno",
        "person", "department", "record", "phone", "email", "url", "region", "industry", "id_card", "bank_card",
    }
)  # fmt: skip
FROM = FROM_AND_TO | {"serial"}
BEFORE = "~before"
"""What could not be converted stays under the field's key with this at its end."""


def converted(old: Field, new: Field, kept: Any, actor: Actor, labels: Mapping[str, str]) -> Any:
    """The value as the new kind keeps it; None for nothing. `labels`: {label: key} of the options when texts become
    options. Raises FieldError with the reason."""
    value = old.loaded(kept)
    if value in NOTHING:
        return None
    if isinstance(old, Choice) and isinstance(new, Choice):
        return _other_choice(new, value)
    raw = said(old, new, value, actor)
    if isinstance(new, Choice):
        return _as_option(new, raw, labels)
    parsed = new.parse(raw, actor)
    if isinstance(new, Number):
        _check_exact(new, parsed, raw)
    if isinstance(old, LongText) and not isinstance(new, LongText) and "\n" in value:
        raise FieldError(_("有换行，放不进「%s」") % new.label)
    return None if parsed in NOTHING else new.stored(parsed)


def _other_choice(new: Choice, value: Any) -> Any:
    """Between one and several options of the same list."""
    keys = value if isinstance(value, list) else [value]
    if isinstance(new, MultiChoice):
        return keys
    if len(keys) > 1:
        raise FieldError(_("选了多项，「%s」只能选一项") % new.label)
    return keys[0]


def parts_of(new: Field, raw: Any) -> list[str]:
    """The options that a text names."""
    text = str(raw)
    if isinstance(new, MultiChoice):
        for mark in "，、;；\n":
            text = text.replace(mark, ",")
        return [" ".join(part.split()) for part in text.split(",") if part.strip()]
    return [" ".join(text.split())]


def _as_option(new: Choice, raw: Any, labels: Mapping[str, str]) -> Any:
    parts = parts_of(new, raw)
    unknown = next((part for part in parts if part not in labels), None)
    if unknown is not None:
        raise FieldError(_("「%s」不在选项里") % unknown[:40])
    keys = list(dict.fromkeys(labels[part] for part in parts))
    return keys if isinstance(new, MultiChoice) else keys[0]


def said(old: Field, new: Field, value: Any, actor: Actor) -> Any:
    """The value as one would write it into the new field."""
    if isinstance(old, DateTime):
        local = value.astimezone(actor.zone)
        return local.date() if isinstance(new, Date) and not isinstance(new, DateTime) else f"{local:%Y-%m-%d %H:%M:%S}"
    if isinstance(old, Date):
        return value.isoformat()
    if isinstance(old, Number):
        return str(value)
    if isinstance(old, YesNo):
        return old.text(value, actor)
    return value if isinstance(old, Own) and isinstance(value, str) and not _coded(old) else old.text(value, actor)


def _coded(old: Field) -> bool:
    """Whether the value is a code that people never see."""
    return old.kind in ("choice", "multichoice", "person", "department", "record", "region", "industry")


def _check_exact(new: Field, parsed: Any, raw: Any) -> None:
    """Numbers are not rounded on the way."""
    try:
        exact = Decimal(str(raw).replace(",", "").strip().removesuffix("%"))
    except InvalidOperation:
        return
    if parsed is not None and exact != Decimal(parsed):
        raise FieldError(_("小数位比「%s」多") % new.label)
