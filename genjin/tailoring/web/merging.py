"""Two administrators at the same layout: what the second sent is put together with what the first saved meanwhile, and
told in words.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.tailoring.queries import LayoutView
from genjin.tailoring.rules.conditions import checked_condition
from genjin.tailoring.rules.layouts import checked_overlays
from genjin.tailoring.rules.merging import Arrangement, Change

OVERLAID = {
    "label": lambda: _("名称"),
    "english": lambda: _("英文名"),
    "help": lambda: _("说明"),
    "required": lambda: _("是否必填"),
    "in_list": lambda: _("列表里的列"),
}
MOST_TOLD = 12


class Drawn(Protocol):
    """A section as the editor draws it."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def english(self) -> str: ...


def arrangement_of(view: LayoutView, groups: Sequence[Drawn]) -> dict[str, Any]:
    """What the editor would send if nothing was changed in it."""
    sections = [
        {
            "key": section.key,
            "label": group.label,
            "english": group.english,
            "fields": [placed.field.key for placed in section.fields],
            "shown_when": section.shown_when or None,
        }
        for section, group in zip(view.sections, groups, strict=True)
    ]
    return {"sections": sections, "overlays": view.overlays, "quick": list(view.quick)}


def plain(declared: RecordType, sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent in the form in which it would be kept. Raises Refused for what would be refused."""
    sections = [
        {**section, "shown_when": checked_condition(section["shown_when"], declared.own_fields, "sections") or None}
        for section in sent["sections"]
    ]
    overlays = checked_overlays(sent["overlays"], RECORD_TYPES[declared.key])
    return {"sections": sections, "overlays": overlays, "quick": sent["quick"]}


def read_before(text: str) -> dict[str, Any] | None:
    """The arrangement that a page was drawn from, as it sent it back; None when it did not."""
    try:
        found = json.loads(text)
        sound = set(found) == {"sections", "overlays", "quick"} and all(
            {"key", "label", "english", "fields"} <= set(section) for section in found["sections"]
        )
    except (ValueError, TypeError):
        return None
    return found if sound else None


def in_words(declared: RecordType, changes: Sequence[Change], *arrangements: Arrangement) -> list[str]:
    """What was changed, thing by thing."""
    names = {key: str(f.label) for key, f in (declared.own_fields | RECORD_TYPES[declared.key].own_fields).items()}
    sections = {s["key"]: s["label"] for each in arrangements for s in each["sections"]}
    found = [_words(change, names, sections) for change in changes]
    told = list(dict.fromkeys(filter(None, found)))
    more = len(told) - MOST_TOLD
    return [*told[:MOST_TOLD], _("还有 %d 处") % more] if more > 0 else told


def _words(change: Change, names: dict[str, str], sections: dict[str, str]) -> str:
    kind, *rest = change.thing
    key = rest[0] if rest else ""
    name, section = names.get(key, key), sections.get(key, key)
    if kind == "name":
        return _section_words(change, section)
    if kind == "when":
        return _("分组「%s」什么时候显示") % section
    if kind == "order":
        return _("分组「%s」里字段的顺序") % section if key else _("分组的顺序")
    if kind == "home":
        home = sections.get(change.after or "", "")
        return _("「%(field)s」移到「%(section)s」") % {"field": name, "section": home} if home else ""
    if kind == "quick":
        return (_("「%s」放进快速新建") if change.after else _("「%s」移出快速新建")) % name
    if rest[1] == "off":
        return (_("「%s」不再显示") if change.after else _("「%s」重新显示")) % name
    if rest[1] == "label" and change.after:
        return _("「%(field)s」改名为「%(name)s」") % {"field": name, "name": change.after}
    return _("「%(field)s」的%(what)s") % {"field": name, "what": OVERLAID[rest[1]]()}


def _section_words(change: Change, section: str) -> str:
    if change.before is None:
        return _("新增分组「%s」") % section
    if change.after is None:
        return _("移除分组「%s」") % section
    return _("分组「%(before)s」改名为「%(after)s」") % {"before": change.before[0], "after": change.after[0]}
