"""The editor of layouts: sections and their fields in order, conditions of sections, the short form, what fields that
came with the product are called and whether they are shown. The page is one form: dragging and keys move its parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from genjin.kernel.actor import Actor
from genjin.kernel.digits import number_in
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import listed
from genjin.tailoring.actions.arranging import arrange_layout, reset_layout
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.queries import LayoutView, PlacedField, layout_of
from genjin.tailoring.queries.arrangers import last_arranger
from genjin.tailoring.rules.kinds import KIND_LABELS
from genjin.tailoring.rules.merging import changes, merge
from genjin.tailoring.web.conditions import Line, lines, sent_rules
from genjin.tailoring.web.conditions import in_words as condition_in_words
from genjin.tailoring.web.frames import TYPE, address, type_page, whole
from genjin.tailoring.web.merging import arrangement_of, in_words, plain, read_before
from genjin.ui.pages import PageRequest, fragment, go, page

NEW = "new-"
TEXTS = ("label", "english", "help")


@dataclass(frozen=True)
class Group:
    """A section as drawn: its names, its condition as lines and in words, its fields."""

    key: str
    label: str
    english: str
    lines: Sequence[Line]
    words: str
    fields: Sequence[PlacedField]


@page(f"{TYPE}/layout", name="layout", methods=["GET", "POST"], needs=MANAGE)
def layout(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """The editor; POST saves the whole of it."""
    actor, declared = request.actor, whole(request.actor, record_type)
    view = layout_of(actor, declared)
    groups = _groups(actor, declared, view)
    if request.method == "POST":
        return _save(request, declared, view, arrangement_of(view, groups))
    return type_page(
        request, "tailoring/layout.html", declared, layout=view, groups=groups, was=arrangement_of(view, groups),
        quick=set(view.quick), kind_labels=KIND_LABELS, blank=Group(f"{NEW}0", "", "", (), "", ()),
    )  # fmt: skip


@page(f"{TYPE}/layout/reset", name="layout-reset", methods=["POST"], needs=MANAGE)
def reset(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """As the product came."""
    reset_layout.run(request.actor, None, {"record_type": record_type.key})
    return go(request, address(record_type, "/layout"), _("已恢复默认布局，自定义字段都还在"))


def _groups(actor: Actor, declared: RecordType, view: LayoutView) -> list[Group]:
    came = {s.key: s.label for s in RECORD_TYPES[declared.key].sections}
    made = []
    for section in view.sections:
        label, english = section.label, section.english
        if section.key in came and label == str(came[section.key]):
            label, english = both(came[section.key])
        drawn = lines(actor, declared, f"when-{section.key}", section.shown_when)
        words = condition_in_words(actor, declared, section.shown_when)
        made.append(Group(section.key, label, english, drawn, words, section.fields))
    return made


def both(label: str | Promise) -> tuple[str, str]:
    """What something that came with the product is called in Chinese and in English."""
    with override("zh-hans"):
        chinese = str(label)
    with override("en"):
        return chinese, str(label)


def _save(request: PageRequest, declared: RecordType, view: LayoutView, theirs: dict[str, Any]) -> HttpResponse:
    """Keep what was sent; when somebody else saved since, together with that, if it is not the same that both changed
    (or if the editor said that his is to stand)."""
    sent, kept = request.POST, _("布局已保存，表单和详情立即按它显示")
    was, seen = read_before(sent.get("was", "")), sent.get("version", "")
    version = number_in(seen)
    try:
        given = arranged(view, sent)
        if was is not None and version != view.version:
            both = merge(was, plain(declared, given), theirs)
            others = in_words(declared, changes(was, theirs), was, theirs)
            if both.clashes and "mine" not in sent:
                clashes = in_words(declared, both.clashes, was, theirs)
                return _told(request, declared, 409, others=others, clashes=clashes)
            given, version = both.arrangement, view.version
            kept = _("布局已保存，别人刚改的也保留了：%s") % listed(others) if others else kept
        arrange_layout.run(request.actor, None, {"record_type": declared.key, **given}, version=version)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return _told(request, declared, refusal.status, said=refusal.message)
    return go(request, address(declared, "/layout"), kept)


def _told(
    request: PageRequest, declared: RecordType, status: int, *, said: str = "", others: Any = (), clashes: Any = ()
) -> HttpResponse:
    who = last_arranger(request.actor.stamp, declared) if clashes else ""
    context = {"here": address(declared, "/layout"), "said": said, "others": others, "clashes": clashes}
    return fragment(request, "tailoring/layout_said.html", status=status, who=who, **context)


def arranged(view: LayoutView, sent: QueryDict) -> dict[str, Any]:
    """What the editor sent, as raw inputs: `place` tells sections (s:), fields (f:) and where what is off begins (o:)
    in the order of the page."""
    sections: list[dict[str, Any]] = []
    off: set[str] = set()
    hidden = False
    for mark, _colon, key in (place.partition(":") for place in sent.getlist("place")):
        if mark == "s":
            sections.append(_section(sent, key))
        elif mark == "o":
            hidden = True
        elif hidden:
            off.add(key)
        elif sections:
            sections[-1]["fields"].append(key)
    overlays = {key: _overlay(sent, key) | {"off": key in off} for key in sent.getlist("overlay")}
    return {"sections": sections, "overlays": overlays, "quick": _quick(view, sent.getlist("quick"), off)}


def _section(sent: QueryDict, key: str) -> dict[str, Any]:
    label, english = (sent.get(f"section-{key}-{name}", "").strip() for name in ("label", "english"))
    rules = sent_rules(sent, f"when-{key}")
    own = "" if key.startswith(NEW) else key
    return {"key": own, "label": label, "english": english, "fields": [], "shown_when": rules}


def _overlay(sent: QueryDict, key: str) -> dict[str, Any]:
    texts = {name: sent.get(f"ov-{key}-{name}", "").strip() for name in TEXTS}
    return texts | {name: f"ov-{key}-{name}" in sent for name in ("required", "in_list")}


def _quick(view: LayoutView, ticked: Sequence[str], off: set[str]) -> list[str]:
    """The order of the short form stays; what is new comes at its end."""
    wanted = [key for key in ticked if key not in off]
    kept = [key for key in view.quick if key in wanted]
    return [*kept, *(key for key in wanted if key not in kept)]
