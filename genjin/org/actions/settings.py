"""The write of company settings: several at once, checked by their fields, never over somebody else's change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.company_settings import Leaf, from_json, leaves
from genjin.kernel.fields import FieldError
from genjin.kernel.models.options import Setting
from genjin.kernel.recording import record
from genjin.kernel.refusal import Invalid, Refused, Stale
from genjin.kernel.stamps import bump_stamp
from genjin.org.fields import SettingValues

Wanted = Annotated[dict[str, Any], SettingValues(key="changes", label=gettext_lazy("设置值"))]
Seen = Annotated[
    dict[str, Any] | None,
    SettingValues(
        key="seen",
        label=gettext_lazy("修改前的值"),
        help=gettext_lazy("您看到的旧值；期间被别人改过就会拒绝。不给就直接覆盖"),
    ),
]


@action(
    "settings.change",
    on=Setting,
    needs="settings.manage",
    label=gettext_lazy("修改业务设置"),
    icon="pencil",
    listed=False,
)
def change_settings(actor: Actor, *, changes: Wanted, seen: Seen = None) -> None:
    """Set company settings ({key: raw value}). `seen` holds what the editor saw before: a setting that somebody else
    changed meanwhile to something else raises Stale (facts by key). Raises Invalid by key, Refused("unchanged")."""
    bump_stamp()  # first: from here on changes of settings come one after another
    known = leaves(0)
    wanted = _parsed(actor, known, changes)
    rows = {row.key: row for row in Setting.objects.select_for_update().filter(key__in=list(wanted))}
    now = {key: from_json(known[key], rows[key].value) if key in rows else known[key].default for key in wanted}
    _check_seen(actor, known, wanted, now, seen or {})
    changed = [key for key, value in wanted.items() if value != now[key]]
    if not changed:
        raise Refused("unchanged", _("没有改动，不需要保存"))
    for key in changed:
        _keep(actor, known[key], rows.get(key), wanted[key])
    bump_stamp()  # again: nothing read while this ran may stand for what it wrote
    for after in _followers(known[key] for key in changed):
        after(actor)


def _parsed(actor: Actor, known: Mapping[str, Leaf], values: Mapping[str, Any]) -> dict[str, Any]:
    parsed: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for key, raw in values.items():
        leaf = known.get(key)
        try:
            if leaf is None:
                raise FieldError(_("没有「%s」这项设置") % key)
            parsed[key] = leaf.parse(raw, actor)
        except FieldError as error:
            errors[key] = str(error)
    if errors:
        raise Invalid(errors)
    return parsed


def _check_seen(
    actor: Actor, known: Mapping[str, Leaf], wanted: Mapping[str, Any], now: Mapping[str, Any], seen: Mapping[str, Any]
) -> None:
    differences = {}
    for key in wanted.keys() & seen.keys():
        try:
            before = known[key].field.parse(seen[key], actor)
        except FieldError:
            before = None
        if now[key] not in (before, wanted[key]):
            differences[key] = (now[key], wanted[key])
    if differences:
        raise Stale(differences, 0)


def _keep(actor: Actor, leaf: Leaf, row: Setting | None, value: Any) -> None:
    if row is None:
        row = Setting(key=leaf.key)
        row.before = leaf.field.to_json(leaf.default)
    row.value = leaf.field.to_json(value)
    record(actor, row)


def _followers(changed: Iterable[Leaf]) -> list[Any]:
    return list(dict.fromkeys(leaf.after for leaf in changed if leaf.after is not None))
