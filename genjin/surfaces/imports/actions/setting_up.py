"""Taking a file in; how its sheet is read, what its columns mean, what becomes of duplicates. Checked rows are dropped
when any of this but the policy changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import FieldError
from genjin.kernel.recording import record
from genjin.kernel.refusal import Refused
from genjin.ownership.standing import pool_to_create_in
from genjin.surfaces.imports.actions.comparing import compare
from genjin.surfaces.imports.kinds import KINDS, Kind
from genjin.surfaces.imports.models import MOVES, Import, ImportRow, State
from genjin.surfaces.imports.policy import POOL, TURNS, Policy
from genjin.surfaces.imports.queries import import_for
from genjin.surfaces.imports.remembering import remembered_policy
from genjin.surfaces.imports.rules import Rule
from genjin.surfaces.imports.sheets import Look
from genjin.surfaces.imports.storage import Stored

NEEDS = "imports.run"
MOST_COMPARED_AGAIN = 20_000


@action("imports.upload_file", on=Import, needs=NEEDS, label=gettext_lazy("上传要导入的文件"), listed=False)
def keep_file(actor: Actor, *, stored: Stored, kind: str, look: Look, rules: Sequence[Rule]) -> Import:
    """Keep a received file with what was found in it. Called by `receiving.upload_file`."""
    row = Import(
        member_id=actor.member_id,
        kind=kind,
        filename=stored.filename,
        digest=stored.digest,
        size=stored.size,
        stored_as=stored.stored_as,
        sheet=look.sheet,
        layout=look.layout,
        rules=[rule.to_json() for rule in rules],
        policy=remembered_policy(actor, KINDS[kind], look.layout["header"]).to_json(),
        total=look.total,
    )
    record(actor, row, filename=row.filename, rows=look.total)
    return row


@action("imports.set_layout", on=Import, needs=NEEDS, label=gettext_lazy("选择工作表和表头"), listed=False)
def set_layout(actor: Actor, import_id: int, *, look: Look, rules: Sequence[Rule], kind: str = "") -> Import:
    """Read another sheet, from another header row, or as another kind. Called by `receiving.read_again`."""
    row = _open_again(actor, import_id)
    row.sheet, row.layout, row.total = look.sheet, look.layout, look.total
    row.rules = [rule.to_json() for rule in rules]
    row.kind = kind or row.kind
    record(actor, row)
    return row


@action("imports.set_rules", on=Import, needs=NEEDS, label=gettext_lazy("设置列的匹配"), listed=False)
def set_rules(actor: Actor, import_id: int, *, rules: Sequence[Rule]) -> Import:
    """Say what the columns mean. Raises Refused("twice") when two bring the same field."""
    row = _open_again(actor, import_id)
    named: dict[str, str] = {}
    for rule in rules:
        if rule.target and not rule.target.startswith("extra.") and rule.target in named:
            words = {"one": named[rule.target], "other": rule.heading}
            raise Refused("twice", _("「%(one)s」和「%(other)s」两列对应了同一个字段，请改一列") % words, "rules")
        named[rule.target] = rule.heading
    row.rules = [rule.to_json() for rule in rules]
    record(actor, row)
    return row


@action("imports.set_policy", on=Import, needs=NEEDS, label=gettext_lazy("设置重复数据的处理"), listed=False)
def set_policy(actor: Actor, import_id: int, *, policy: Mapping[str, Any]) -> Import:
    """Say what is a duplicate, what becomes of it, and whose the customers are. Raises Refused("bad_policy"),
    Refused("no_pool") and Forbidden for a pool that he may not put customers into, Refused("long") for other duplicates
    in a long file that is checked already."""
    row = import_for(actor, import_id, lock=True)
    _demand_before_run(row)
    before = Policy.from_json(row.policy)
    told = {} if "assign" in policy or not policy.get("share") else {"assign": TURNS}
    after = Policy.from_json({**row.policy, **policy, **told})
    kind = KINDS[row.kind]
    demand_reason(after)
    if after.assign == POOL:
        pool_to_create_in(actor, kind.anchor_type, after.into, None)
    _demand_given(actor, kind, after)
    row.policy = after.to_json()
    if row.state == State.CHECKED and (before.given, before.makes) != (after.given, after.makes):
        row = _open_again(actor, import_id)
        row.policy = after.to_json()
    elif row.state == State.CHECKED and _other_duplicates(before, after):
        if row.total > MOST_COMPARED_AGAIN:
            raise Refused("long", _("行数较多，改变查重条件要重新校验：请先回到「匹配列」"), "policy")
        compare(actor, row, anew=after.by_likeness and not before.by_likeness)
    record(actor, row)
    return row


def demand_reason(policy: Policy) -> None:
    """Raises Refused("reason_needed") where what is there already is created all the same and nobody says why (B3)."""
    if policy.creates_known and not policy.reason:
        words = _("请先写明为什么仍要新建：这些行可能已经在系统里，理由会留在导入记录上")
        raise Refused("reason_needed", words, "reason")


def _demand_given(actor: Actor, kind: Kind, policy: Policy) -> None:
    """Raises Refused("bad_policy") for what cannot be said for all rows."""
    targets = kind.for_all(actor)
    for name, text in policy.given.items():
        if name not in targets:
            raise Refused("bad_policy", _("没写时填什么，请重新选择"), "given")
        try:
            targets[name].field.parse(text, actor)
        except FieldError as error:
            raise Refused("bad_policy", str(error), name) from None


def _other_duplicates(before: Policy, after: Policy) -> bool:
    return (before.by_phone, before.by_likeness) != (after.by_phone, after.by_likeness)


def _open_again(actor: Actor, import_id: int) -> Import:
    """An import whose rows are to be checked anew."""
    row = import_for(actor, import_id, lock=True)
    _demand_before_run(row)
    if row.state == State.CHECKED:
        MOVES.move(row, State.UPLOADED)
    row.position, row.counts = 0, {}
    ImportRow.objects.filter(batch_id=row.pk).delete()
    return row


def _demand_before_run(row: Import) -> None:
    if row.state not in (State.UPLOADED, State.CHECKED):
        words = MOVES.words.get(State(row.state)) or _("导入已经开始，不能再改设置")
        raise Refused("bad_move", str(words))
