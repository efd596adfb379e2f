"""Writes of rules: one of the company's own, a declared one changed, one removed. In force at the next request."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from genjin.duplicates.comparing import compared_of
from genjin.duplicates.fields import Alternatives, Effects, Several
from genjin.duplicates.grants import MANAGE
from genjin.duplicates.models import DuplicateRule
from genjin.duplicates.queries import preset_of
from genjin.duplicates.rules import COMPARED, LOOSE, SHOWN, TOLD_WORDS, How, Told
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Text, YesNo
from genjin.kernel.recording import record, record_removal
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import bump_stamp
from genjin.org.changing import check_version
from genjin.org.fields import OneOf

MOST_RULES, MOST_ALTERNATIVES, MOST_CONDITIONS = 30, 8, 4


def compared_types() -> list[tuple[str, Any]]:
    """The types that can be compared."""
    return [(key, RECORD_TYPES[key].many) for key in COMPARED if key in RECORD_TYPES]


Name = Annotated[str, Text(key="name", label=gettext_lazy("规则名称"), most=60)]
Asks = Annotated[
    list[list[dict[str, str]]],
    Alternatives(
        key="alternatives",
        label=gettext_lazy("怎样算重复"),
        help=gettext_lazy(
            "一组条件要同时符合，几组之间符合一组即可，例如"
            ' [[{"field": "name", "how": "fuzzy"}], [{"field": "phone", "how": "exact"}]]'
        ),
    ),
]
Does = Annotated[
    dict[str, str],
    Effects(
        key="effects",
        label=gettext_lazy("在哪里查、查到怎么办"),
        help=gettext_lazy('例如 {"create": "warn", "import": "warn", "api": "block"}；没有写的入口不查'),
    ),
]
Tells = Annotated[
    str,
    OneOf(
        key="told", label=gettext_lazy("对无权查看的人"), pairs=lambda: [(k.value, v) for k, v in TOLD_WORDS.items()]
    ),
]
Shows = Annotated[
    list[str],
    Several(key="shown", label=gettext_lazy("告知哪些内容"), pairs=lambda: list(SHOWN.items())),
]
On = Annotated[bool, YesNo(key="on", label=pgettext_lazy("verb", "启用"))]


@action(
    "duplicates.create_rule",
    on=DuplicateRule,
    needs=MANAGE,
    label=gettext_lazy("新建查重规则"),
    icon="plus",
    listed=False,
)
def create_rule(
    actor: Actor,
    *,
    name: Name,
    record_type: Annotated[str, OneOf(key="record_type", label=gettext_lazy("数据类型"), pairs=compared_types)],
    alternatives: Asks,
    effects: Does,
    told: Tells = Told.EXISTS,
    shown: Shows = ["owner"],  # noqa: B006 - read only
    on: On = True,
) -> DuplicateRule:
    """A rule of the company's own. Raises Refused("too_many", "bad_rule")."""
    if DuplicateRule.objects.filter(record_type=record_type, preset="").count() >= MOST_RULES:
        raise Refused("too_many", _("最多 %d 条查重规则，请先删除不用的") % MOST_RULES)
    row = DuplicateRule(record_type=record_type)
    return _kept(actor, row, name, alternatives, effects, told, shown, on)


@action(
    "duplicates.change_rule",
    on=DuplicateRule,
    needs=MANAGE,
    label=gettext_lazy("修改查重规则"),
    icon="pencil",
    listed=False,
)
def change_rule(
    actor: Actor,
    rule_id: int,
    *,
    name: Name,
    alternatives: Asks,
    effects: Does,
    told: Tells = Told.EXISTS,
    shown: Shows = [],  # noqa: B006 - read only
    on: On = False,
) -> DuplicateRule:
    """Change a stored rule; its type stays. Raises NotFound, Stale, Refused("bad_rule")."""
    row = _locked(rule_id)
    check_version(row)
    return _kept(actor, row, name, alternatives, effects, told, shown, on)


@action(
    "duplicates.change_preset",
    on=DuplicateRule,
    needs=MANAGE,
    label=gettext_lazy("修改内置的查重规则"),
    icon="pencil",
    listed=False,
)
def change_preset(
    actor: Actor,
    *,
    record_type: Annotated[str, OneOf(key="record_type", label=gettext_lazy("数据类型"), pairs=compared_types)],
    preset: Annotated[str, Text(key="preset", label=gettext_lazy("内置规则"), most=40)],
    name: Name,
    alternatives: Asks,
    effects: Does,
    told: Tells = Told.EXISTS,
    shown: Shows = [],  # noqa: B006 - read only
    on: On = False,
) -> DuplicateRule:
    """Change a declared rule for the first time: from then on it is a stored one. Raises NotFound, Refused("bad_rule",
    "duplicate" when somebody just did the same)."""
    preset_of(record_type, preset)
    row = DuplicateRule(record_type=record_type, preset=preset)
    return _kept(actor, row, name, alternatives, effects, told, shown, on)


@action(
    "duplicates.end_rule",
    on=DuplicateRule,
    needs=MANAGE,
    label=gettext_lazy("删除查重规则"),
    icon="trash",
    danger=True,
    listed=False,
)
def end_rule(actor: Actor, rule_id: int) -> DuplicateRule:
    """Remove a rule of the company's own; of a declared one that was changed, what was changed. The event keeps it."""
    row = _locked(rule_id)
    record_removal(actor, row)
    bump_stamp()
    row.pk = rule_id
    return row


def _locked(rule_id: int) -> DuplicateRule:
    row = DuplicateRule.objects.select_for_update().filter(pk=rule_id).first()
    if row is None:
        raise NotFound
    return row


def _kept(
    actor: Actor,
    row: DuplicateRule,
    name: str,
    alternatives: list[list[dict[str, str]]],
    effects: dict[str, str],
    told: str,
    shown: list[str],
    on: bool,
) -> DuplicateRule:
    _check(row.record_type, alternatives)
    row.name, row.alternatives, row.effects, row.told, row.on = name, alternatives, effects, told, on
    row.shown = [key for key in SHOWN if key in shown]
    record(actor, row)
    bump_stamp()
    return row


def _check(record_type: str, alternatives: list[list[dict[str, str]]]) -> None:
    known = compared_of(record_type, 0)
    if not alternatives or len(alternatives) > MOST_ALTERNATIVES:
        raise Refused("bad_rule", _("请至少填写一组条件，最多 %d 组") % MOST_ALTERNATIVES, "alternatives")
    for alternative in alternatives:
        if not 1 <= len(alternative) <= MOST_CONDITIONS:
            raise Refused("bad_rule", _("每组要有 1 到 %d 个条件") % MOST_CONDITIONS, "alternatives")
        if len({each["field"] for each in alternative}) != len(alternative):
            raise Refused("bad_rule", _("同一组里每个字段只能用一次"), "alternatives")
        for each in alternative:
            compared = known.get(each["field"])
            if compared is None:
                raise Refused("bad_rule", _("这个字段不能用于查重：%s") % each["field"], "alternatives")
            if each["how"] == How.FUZZY and compared.kind not in LOOSE:
                raise Refused("bad_rule", _("只有名称和电话能按相近比较，其他字段请选「相同」"), "alternatives")
        if not any(known[each["field"]].alone for each in alternative):
            raise Refused(
                "bad_rule",
                _("这组条件太宽，请再加名称、电话、代码或邮箱中的一项；自定义字段建立索引后可以单独使用"),
                "alternatives",
            )
