"""The first options of a choice field, made together with it; later ones come by the usual actions of option lists."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.models.options import Option
from genjin.kernel.options import COLOURS
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import options_key

MOST_OPTIONS = 200
_KEY = re.compile(r"[a-z0-9_]{1,40}")


def add_options(actor: Actor, field: OwnField, given: Sequence[Any]) -> dict[str, str]:
    """Make the options of a new field: texts, or {"label", "english", "colour", "key"}. {label or key: key} of them.
    Raises Refused("bad_options")."""
    if not 1 <= len(given) <= MOST_OPTIONS:
        raise _wrong(_("请给出 1 到 %d 个选项") % MOST_OPTIONS)
    found: dict[str, str] = {}
    list_key = options_key(field.record_type, field.key)
    there = Option.objects.filter(list_key=list_key).count()
    for place, one in enumerate(given, there):
        facts: Mapping[str, Any] = one if isinstance(one, dict) else {"label": one}
        row = _option(list_key, facts, place * 10)
        if row.label in found or row.key in found:
            raise _wrong(_("选项「%s」重复了") % row.label)
        record(actor, row)
        found[row.label] = found[row.key] = row.key
    return found


def _option(list_key: str, facts: Mapping[str, Any], order: int) -> Option:
    label, english = (" ".join(str(facts.get(name) or "").split()) for name in ("label", "english"))
    colour, key = str(facts.get("colour") or ""), str(facts.get("key") or f"x{secrets.token_hex(4)}")
    if not label or len(label) > 60 or len(english) > 60:
        raise _wrong(_("选项的名称应为 1 到 60 个字"))
    if colour not in COLOURS:
        raise _wrong(_("选项「%s」的颜色不在可选范围内") % label)
    if not _KEY.fullmatch(key):
        raise _wrong(_("选项「%s」的标识只能用小写字母、数字和下划线") % label)
    return Option(list_key=list_key, key=key, label=label, english=english, colour=colour, order=order)


def _wrong(message: str) -> Refused:
    return Refused("bad_options", message, "options")
