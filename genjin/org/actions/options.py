"""Writes of option lists: what a company calls, colours, orders, adds and retires. Options are never lost."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text
from genjin.kernel.models.options import Option
from genjin.kernel.options import LISTS, find_option, options_of
from genjin.kernel.options import Option as Listed
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.sights import is_own_list
from genjin.kernel.stamps import bump_stamp
from genjin.org.fields import OneOf

TONES = (
    ("", gettext_lazy("无")),
    ("acc", gettext_lazy("蓝")),
    ("info", gettext_lazy("青")),
    ("ok", gettext_lazy("绿")),
    ("warn", gettext_lazy("橙")),
    ("bad", gettext_lazy("红")),
    ("vio", gettext_lazy("紫")),
)
ListKey = Annotated[str, Text(key="list_key", label=gettext_lazy("选项列表"))]
Key = Annotated[str, Text(key="key", label=gettext_lazy("选项"))]
OptionLabel = Annotated[str, Text(key="label", label=gettext_lazy("名称"), most=60)]
English = Annotated[
    str, Text(key="english", label=gettext_lazy("英文名称"), most=60, help=gettext_lazy("界面为英文的成员看到它"))
]
Tone = Annotated[str, OneOf(key="colour", label=gettext_lazy("颜色"), pairs=TONES)]


@action("options.add", on=Option, needs="settings.manage", label=gettext_lazy("添加选项"), icon="plus", listed=False)
def add_option(
    actor: Actor, *, list_key: ListKey, label: OptionLabel, english: English = "", colour: Tone = ""
) -> Option:
    """A new option at the end of a list. Raises NotFound for an unknown list, Refused("same_label")."""
    there = _options(actor, list_key)
    _check_label(actor, list_key, label, "")
    order = max((row.order for row in there.values()), default=0) + 10
    key = label if list_key in LISTS and LISTS[list_key].creatable else f"x{secrets.token_hex(4)}"
    row = Option(list_key=list_key, key=key, label=label, english=english, colour=colour, order=order)
    return _kept(actor, row)


@action("options.edit", on=Option, needs="settings.manage", label=gettext_lazy("编辑选项"), icon="pencil", listed=False)
def edit_option(
    actor: Actor, *, list_key: ListKey, key: Key, label: OptionLabel, english: English = "", colour: Tone = ""
) -> Option:
    """Rename or recolour; records that have it show the new name. Raises NotFound, Refused("same_label")."""
    row = _row(actor, list_key, key)
    _check_label(actor, list_key, label, key)
    defaults = LISTS[list_key].defaults if list_key in LISTS else ()
    declared = next((o for o in defaults if o.key == key), None)
    row.label = "" if declared and str(declared.label) == label else label
    row.english, row.colour = english, colour
    return _kept(actor, row)


@action("options.reorder", on=Option, needs="settings.manage", label=gettext_lazy("排序"), icon="menu-2", listed=False)
def reorder_options(actor: Actor, *, list_key: ListKey, keys: Sequence[str]) -> None:
    """Put the list's options in this order; those not named keep their order behind them. Raises NotFound."""
    there = _options(actor, list_key)
    if any(key not in there for key in keys):
        raise NotFound
    wanted = [*dict.fromkeys(keys), *(key for key in there if key not in keys)]
    for place, key in enumerate(wanted):
        row = _row(actor, list_key, key)
        row.order = place * 10
        record(actor, row)
    bump_stamp()


@action("options.retire", on=Option, needs="settings.manage", label=gettext_lazy("停用"), icon="archive", listed=False)
def retire_option(actor: Actor, *, list_key: ListKey, key: Key) -> Option:
    """Take an option out of forms; records that have it keep and show it. Raises Refused("last") for the last one."""
    row = _row(actor, list_key, key)
    live = [o.key for o in _options(actor, list_key).values() if not o.retired]
    if live == [key]:
        raise Refused("last", _("列表里至少要留一个可用的选项"))
    row.retired = True
    return _kept(actor, row)


@action(
    "options.restore",
    on=Option,
    needs="settings.manage",
    label=gettext_lazy("恢复"),
    icon="arrow-back-up",
    listed=False,
)
def restore_option(actor: Actor, *, list_key: ListKey, key: Key) -> Option:
    """Offer a retired option again."""
    row = _row(actor, list_key, key)
    row.retired = False
    return _kept(actor, row)


def _kept(actor: Actor, row: Option) -> Option:
    record(actor, row)
    bump_stamp()
    return row


def _options(actor: Actor, list_key: str) -> dict[str, Listed]:
    if list_key not in LISTS and not is_own_list(list_key):
        raise NotFound
    return options_of(list_key, actor.stamp)


def _row(actor: Actor, list_key: str, key: str) -> Option:
    """The stored row of an option, or a new one made of the declared default. Raises NotFound."""
    declared = _options(actor, list_key).get(key)
    if declared is None:
        raise NotFound
    row = Option.objects.select_for_update().filter(list_key=list_key, key=key).first()
    return row or Option(
        list_key=list_key, key=key, colour=declared.colour, order=declared.order, english=declared.english
    )


def _check_label(actor: Actor, list_key: str, label: str, own_key: str) -> None:
    found = find_option(list_key, label, actor.stamp)
    if found is not None and found.key != own_key and str(found.label) == label:
        raise Refused("same_label", _("列表里已有「%s」，可能已停用，可以直接恢复") % label, "label")
