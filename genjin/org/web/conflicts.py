"""When two people edit the same settings at once: forms' values as browsers send them, and differences in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field
from genjin.kernel.wording import listed
from genjin.org.fields import Ids
from genjin.ui.forms.controls import words_of

SEVERAL = {"ids", "roles", "departments", "members", "multichoice"}
Differences = Mapping[str, tuple[Any, Any]]


def as_sent(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form's fields as a browser sends them. Passwords are nobody's to compare."""
    return {field.key: _plain(field, values.get(field.key)) for field in fields if field.kind != "password"}


def told(actor: Actor, fields: Sequence[Field], differences: Differences) -> list[dict[str, str]]:
    """What the comparison draws for a form's fields."""
    known = {field.key: field for field in fields}
    return [
        {
            "key": key,
            "label": str(known[key].label),
            "theirs": _words(actor, known[key], theirs) or _("（空）"),
            "mine": _words(actor, known[key], mine) or _("（空）"),
        }
        for key, (theirs, mine) in differences.items()
    ]


def _plain(field: Field, value: Any) -> Any:
    if field.kind in SEVERAL:
        return sorted(str(each) for each in value or ())
    if field.kind == "yesno":
        return "on" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n")


def _words(actor: Actor, field: Field, value: Any) -> str:
    if isinstance(field, Ids):
        known = field.known(actor)
        return listed([known[int(each)].name for each in value if each.isdecimal() and int(each) in known])
    return words_of(actor, field, value)
