"""The verbs `<plural>.merge` and `<plural>.unmerge` of a type. An area opts in by a line: `merge_actions(CUSTOMER)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.aliases import INTO, MERGED, into, merged_into
from genjin.kernel.doors import OWN, row_for
from genjin.kernel.editing import get_value, set_value
from genjin.kernel.fields import Access, Field, Number, Text, YesNo
from genjin.kernel.fields.fixed import Structured
from genjin.kernel.grants import declare_grants
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.moves import LIFE
from genjin.kernel.recording import record, set_search
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Forbidden, NotFound, Refused, Stale
from genjin.kernel.versions import known_versions
from genjin.merging.actions.moving import Moving, bring_together
from genjin.merging.actions.together import merge_equals
from genjin.merging.actions.unmerging import take_apart
from genjin.merging.models import Merge, Shift
from genjin.merging.queries.values import decided, held_by, self_named
from genjin.merging.reach import MERGEABLE, SETTLERS, Mergeable
from genjin.merging.rules.choosing import ALL, can_be_all, outcome
from genjin.org.grants import add_to_ready_roles

MOST = 10
UNDONE_WITHIN = timedelta(days=30)

Others = Annotated[
    list[Any],
    Structured(key="others", label=gettext_lazy("要并入的记录"), help=gettext_lazy("编号，最多 9 条")),
]
Choices = Annotated[
    dict[str, Any],
    Structured(
        key="choices",
        label=gettext_lazy("每个字段取哪条记录的值"),
        named=True,
        help=gettext_lazy('{字段: 记录编号}，或 "all" 表示全部保留；没有写的字段取主记录的值，空的由其他记录补上'),
    ),
]
Versions = Annotated[
    dict[str, Any],
    Structured(
        key="versions",
        label=gettext_lazy("核对时各记录的版本"),
        named=True,
        help=gettext_lazy("{记录编号: 版本}；其间有人修改过就不合并"),
    ),
]
Reason = Annotated[str, Text(key="reason", label=gettext_lazy("合并原因"), most=200)]
Equals = Annotated[
    bool,
    YesNo(
        key="equals", label=gettext_lazy("同时合并相同的联系人"), help=gettext_lazy("手机号相同的联系人也合并成一位")
    ),
]


def merge_actions(
    record_type: RecordType,
    *,
    keeps: Sequence[str] = (),
    strict: Sequence[str] = (),
    alike: Sequence[str] = (),
) -> tuple[Action[Any, Any], Action[Any, Any]]:
    """Let records of a type be merged (B3): the verbs, their grant, who has it. `keeps`: fields that stay as the
    master's; `strict`: yes/no fields that are yes when one of them is; `alike`: fields by which two of this type that
    come together below one record are the same."""
    MERGEABLE[record_type.key] = Mergeable(record_type, tuple(keeps), tuple(strict), tuple(alike))
    grant = record_type.grant("merge")
    declare_grants(record_type.many, (grant, gettext_lazy("合并重复记录")))
    add_to_ready_roles(manager=(grant,), operations=(grant,))
    return _merging(record_type, grant), _unmerging(record_type, grant)


def _merging(record_type: RecordType, grant: str) -> Action[Any, Any]:
    @action(
        grant, on=record_type.model, needs=grant, to=OWN, label=gettext_lazy("合并"), icon="git-merge", listed=False
    )
    def merge(
        actor: Actor,
        master_id: int,
        *,
        others: Others,
        reason: Reason,
        choices: Choices = {},  # noqa: B006 - never written
        versions: Versions = {},  # noqa: B006 - never written
        equals: Equals = False,
    ) -> Record:
        """Merge up to nine records into this one, the master (B3). Raises NotFound, Forbidden, Stale when one of them
        changed since `versions`, Refused("how_many"), Refused("voided"), Refused("merged"), Refused("not_live")."""
        rows = _locked(actor, record_type, master_id, others)
        _demand_versions(actor, record_type, rows, versions)
        _demand_lives(record_type, rows)
        merged = merge_rows(actor, record_type, rows, choices=choices, reason=reason)
        if equals:
            merge_equals(actor, record_type, rows[0], merged, merge_rows)
        return rows[0]

    return merge


def _unmerging(record_type: RecordType, grant: str) -> Action[Any, Any]:
    @action(
        record_type.grant("unmerge"),
        on=record_type.model,
        needs=grant,
        to=OWN,
        label=gettext_lazy("撤销合并"),
        icon="arrow-back-up",
        listed=False,
    )
    def unmerge(
        actor: Actor, master_id: int, *, merge: Annotated[int, Number(key="merge", label=gettext_lazy("哪次合并"))]
    ) -> Record:
        """Take a merge back within thirty days (B3): what was moved goes back, values too unless they were changed
        since. Raises NotFound, Forbidden, Refused("too_late"), Refused("undone"), Refused("merged_further")."""
        return take_apart(actor, record_type, master_id, merge)

    return unmerge


def merge_rows(
    actor: Actor,
    record_type: RecordType,
    rows: Sequence[Any],
    *,
    choices: Mapping[str, Any],
    reason: str,
    within: Merge | None = None,
) -> Merge:
    """The step: rows (locked, the master first) become one. Raises Refused."""
    master, *others = rows
    changed = _decide(actor, record_type, rows, choices)
    lives = {str(row.pk): int(row.life) for row in others}
    for row in others:
        LIFE.move(row, Life.VOIDED)
        row.custom = {**row.custom, INTO: master.pk}
        record(actor, row)
    for known, value in changed:
        set_value(master, known, value)
    taken = [*merged_into(master), *(pk for row in others for pk in (row.pk, *merged_into(row)))]
    master.custom = {**master.custom, MERGED: taken}
    set_search(master, record_type, actor.stamp)
    merge = Merge(
        record_type=record_type.key,
        master=master.pk,
        merged=[row.pk for row in others],
        lives=lives,
        fields=[known.key for known, _value in changed],
        reason=reason,
        until=actor.now() + UNDONE_WITHIN,
        within=within,
    )
    record(actor, merge)
    told = {} if within else {"merge": merge.pk, "merged": merge.merged, "reason": reason}
    record(actor, master, **told)
    moving = Moving(actor, _("合并"))
    bring_together(moving, record_type, master, others)
    for settle in SETTLERS.get(record_type.key, ()):
        settle(actor, master, moving)
    Shift.objects.bulk_create(list(moving.shifts(merge)))
    return merge


def _locked(actor: Actor, record_type: RecordType, master_id: int, others: Sequence[Any]) -> list[Record]:
    """The master and the others, locked in the order of ids. What lies in a pool is nobody's to merge: it looks like
    what one may not see."""
    ids = [int(i) for i in others if str(i).isdecimal() and len(str(i)) < 19]
    if len(ids) != len(others) or not 1 <= len(set(ids) - {master_id}) < MOST or len({master_id, *ids}) <= len(ids):
        raise Refused("how_many", _("请选 2 到 %d 条不同的记录合并") % MOST, "others")
    found = {pk: row_for(actor, record_type.model, pk, to=OWN, lock=True) for pk in sorted({master_id, *ids})}
    if any(row.owner_id is None for row in found.values()):
        raise NotFound
    return [found[pk] for pk in (master_id, *ids)]


def _demand_versions(
    actor: Actor, record_type: RecordType, rows: Sequence[Record], versions: Mapping[str, Any]
) -> None:
    """Versions as the actor is told them: what changed out of his sight changed nothing that he looked at."""
    known = known_versions(actor, record_type, {row.pk: row.version for row in rows})
    changed = [row for row in rows if str(row.pk) in versions and versions[str(row.pk)] != known[row.pk]]
    if changed:
        stale = Stale({}, known[rows[0].pk])
        stale.message = _("您核对期间有人修改了要合并的记录，请看一下标出的新内容后再合并")
        stale.facts |= {
            "changed": [row.pk for row in changed],
            "versions": {str(pk): told for pk, told in known.items()},
        }
        raise stale


def _demand_lives(record_type: RecordType, rows: Sequence[Record]) -> None:
    for row in rows:
        if row.life == Life.VOIDED:
            told = {"title": getattr(row, record_type.title)}
            if into(row):
                raise Refused("merged", _("「%(title)s」已经合并到别的记录了，请重新选择") % told, "others")
            raise Refused("voided", _("「%(title)s」已作废，还原后才能合并") % told, "others")
    if rows[0].life != Life.LIVE:
        raise Refused("not_live", _("主记录已归档，请先取消归档，或选另一条作主记录"), "others")


def _decide(
    actor: Actor, record_type: RecordType, rows: Sequence[Record], choices: Mapping[str, Any]
) -> list[tuple[Field, Any]]:
    """[(field, value)] of what the master gets. Raises Refused("unknown_field"), Refused("bad_choice"), Forbidden."""
    fields = {f.key: f for f in decided(record_type, actor.stamp)}
    seen = record_type.seen_by(actor)
    for key, choice in choices.items():
        if key not in fields or key not in seen.own_fields:
            raise Refused("unknown_field", _("不认识的字段：%s") % key[:40], "choices")
        if seen.accesses[key] is not Access.EDIT:
            raise Forbidden(_("您不能修改「%s」") % fields[key].label)
        if choice not in {row.pk for row in rows} and not (choice == ALL and can_be_all(fields[key])):
            raise Refused("bad_choice", _("「%s」请选要合并的记录中的一条") % fields[key].label, "choices")
    strict = MERGEABLE[record_type.key].strict
    ids = {row.pk for row in rows}
    changed = []
    for key, known in fields.items():
        held = self_named(known, record_type, ids, held_by(known, rows))
        value = outcome(known, held, choices.get(key), strict=key in strict)
        if value != get_value(rows[0], known):
            if known.required and value in (None, "", []):
                raise Refused("bad_choice", _("请填写「%s」") % known.label, "choices")
            changed.append((known, value))
    return changed
