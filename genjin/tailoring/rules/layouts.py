"""A layout as an administrator sets it: checked and made plain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.fields.base import Field
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.sights import can_be_limited
from genjin.tailoring.rules.conditions import checked_condition
from genjin.tailoring.rules.naming import SECTION, free_key

MOST_SECTIONS = 30
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
TEXTS = {"label": 40, "english": 60, "help": 200}
SWITCHES = ("required", "in_list", "off")


def checked_sections(given: Sequence[Any], whole: RecordType, declared: RecordType) -> list[dict[str, Any]]:
    """Sections in order, each with its fields (one that is off keeps its place). Raises Refused("bad_layout",
    "bad_condition")."""
    if len(given) > MOST_SECTIONS:
        raise _wrong(_("最多 %d 个分组") % MOST_SECTIONS, "sections")
    made: list[dict[str, Any]] = []
    placed: set[str] = set()
    keys: set[str] = set()
    known = {**declared.own_fields, **whole.own_fields}
    labels = {section.key: str(section.label) for section in (*declared.sections, *whole.sections)}
    for one in given:
        if not isinstance(one, dict):
            raise _wrong(_("分组的格式不对"), "sections")
        label = _text(one, "label", 40, "sections")
        key = str(one.get("key") or free_key(label, keys | labels.keys(), SECTION))
        label = label or labels.get(key, "")
        if not label or not _KEY.fullmatch(key) or key in keys:
            raise _wrong(_("每个分组要有名称，且不能重复"), "sections")
        keys.add(key)
        fields = _placed(one.get("fields") or [], known, placed)
        when = checked_condition(one.get("shown_when"), whole.own_fields, "sections")
        english = _text(one, "english", 60, "sections")
        made.append({"key": key, "label": label, "english": english, "fields": fields, "shown_when": when})
    return made


def _placed(given: Any, known: Mapping[str, Field], placed: set[str]) -> list[str]:
    if not isinstance(given, list):
        raise _wrong(_("分组的格式不对"), "sections")
    for key in given:
        if key not in known:
            raise _wrong(_("没有「%s」这个字段，可能已停用") % str(key)[:40], "sections")
        if key in placed:
            raise _wrong(_("「%s」放进了两个分组") % known[key].label, "sections")
        placed.add(key)
    return list(given)


def checked_overlays(given: Mapping[str, Any], declared: RecordType) -> dict[str, dict[str, Any]]:
    """Changes of declared fields; what says nothing is left out. Raises Refused("bad_layout")."""
    made: dict[str, dict[str, Any]] = {}
    for key, overlay in given.items():
        field = declared.own_fields.get(key)
        if field is None or not isinstance(overlay, dict) or set(overlay) - {*TEXTS, *SWITCHES}:
            raise _wrong(_("「%s」不能这样改动") % key[:40], "overlays")
        kept = _overlay(field, overlay)
        if kept.get("off") and (field.required or not can_be_limited(declared, key)):
            raise _wrong(_("「%s」是必需的字段，不能隐藏") % field.label, "overlays")
        if kept.get("off") and kept.get("required"):
            raise _wrong(_("「%s」隐藏以后不能必填") % field.label, "overlays")
        if kept:
            made[key] = kept
    return made


def _overlay(field: Field, overlay: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: text for name, most in TEXTS.items() if (text := _text(overlay, name, most))}
    if kept.get("label") == str(field.label):
        del kept["label"]
    for name in ("required", "off"):
        if overlay.get(name) and not (name == "required" and field.required):
            kept[name] = True
    if "in_list" in overlay and bool(overlay["in_list"]) != field.in_list:
        kept["in_list"] = bool(overlay["in_list"])
    if kept.get("required") and not field.editable:
        raise _wrong(_("「%s」由系统填写，不能设为必填") % field.label, "overlays")
    return kept


def checked_quick(given: Sequence[Any], whole: RecordType) -> list[str]:
    """The fields of the short form. Raises Refused("bad_layout")."""
    keys = list(dict.fromkeys(str(key) for key in given))
    for key in keys:
        field = whole.own_fields.get(key)
        if field is None or not field.editable:
            raise _wrong(_("「%s」不能放进快速新建") % (field.label if field else key[:40]), "quick")
    return keys


def _text(given: Mapping[str, Any], name: str, most: int, where: str = "overlays") -> str:
    text = " ".join(str(given.get(name) or "").split())
    if len(text) > most:
        raise _wrong(_("「%(text)s…」太长，最多 %(most)s 个字") % {"text": text[:10], "most": most}, where)
    return text


def _wrong(message: str, name: str) -> Refused:
    return Refused("bad_layout", message, name)
