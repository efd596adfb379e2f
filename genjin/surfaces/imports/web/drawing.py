"""What the pages of one import draw, by the step it stands at."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.likeness import ALIKE
from genjin.kernel.people import directory
from genjin.ownership.standing import pools_to_create_in
from genjin.surfaces.imports.actions import begin_run, undo_import
from genjin.surfaces.imports.kinds import KINDS, Kind
from genjin.surfaces.imports.models import AT_WORK, Decision, Import, RowState, State
from genjin.surfaces.imports.pairs.queries import decisions_for, to_be_brought
from genjin.surfaces.imports.policy import ASSIGN, MINE, POOL, SHEET, TURNS, Policy
from genjin.surfaces.imports.queries import counts, duplicate_groups, progress
from genjin.surfaces.imports.rules import rules_from_json
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.web import counts as told
from genjin.surfaces.imports.web.columns import column_views, missing_target, question_views
from genjin.surfaces.imports.web.giving import GivenView, NobodyView, given_views, nobody_view
from genjin.surfaces.imports.web.listing import kept_links, listing
from genjin.surfaces.imports.web.opened import opened
from genjin.surfaces.imports.web.pairing import pair_view
from genjin.surfaces.imports.web.sheet import sheet_view
from genjin.surfaces.imports.web.steps import BRING, CHECK, COLUMNS, head_of
from genjin.surfaces.imports.web.work import work_of
from genjin.surfaces.imports.whys import words_of

SHORT = {
    Decision.SKIP: lambda: _("跳过"),
    Decision.FILL: lambda: _("只补空白"),
    Decision.OVERWRITE: lambda: _("覆盖"),
    Decision.ATTACH: lambda: _("只加联系人和跟进"),
    Decision.CREATE: lambda: _("仍新建"),
}


@dataclass(frozen=True)
class DuplicateRule:
    """What becomes of the duplicates of one kind."""

    key: str
    label: str
    count: int
    choices: list[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class RulesView:
    """The card of what holds for the whole import."""

    assign: list[tuple[str, str, bool]]
    members: str
    share: list[tuple[int, str]]
    pools: list[tuple[int, str]]
    pool: int | None
    assign_help: dict[str, str]
    switches: list[tuple[str, str, bool]]
    given: list[GivenView]
    nobody: NobodyView | None
    duplicates: list[DuplicateRule]
    reason: str
    note: str


@dataclass(frozen=True)
class Go:
    """The bar that begins the run."""

    count: int
    words: str
    key: str
    verb: str


def columns_page(actor: Actor, row: Import, refusal: str = "") -> dict[str, Any]:
    """The step in which columns get their fields. Raises Refused("file_gone")."""
    kind, found = KINDS[row.kind], opened(row)
    rules, samples = rules_from_json(row.rules), found.samples
    columns = column_views(actor, kind, rules, samples)
    fields = {name: target.field for name, target in kind.targets(actor).items()}
    return {
        "head": head_of(row, COLUMNS),
        "refusal": refusal,
        "columns": columns,
        "found": sum(bool(column.target) for column in columns),
        "missing": missing_target(actor, kind, rules),
        "questions": question_views(actor, kind, rules, samples),
        "rules": rules_view(actor, row, {}, samples),
        "sheet": sheet_view(row, found.sheets, found.first_rows, fields),
    }


def check_page(actor: Actor, row: Import, refusal: str = "", asked: dict[str, str] | None = None) -> dict[str, Any]:
    """The step of checking: the bar while it lasts, then rows and duplicates."""
    checked = row.state == State.CHECKED
    groups = {group.why: group.rows for group in duplicate_groups(row, 0)} if checked else {}
    review = listing(actor, row, asked or {}) if checked else None
    return {
        "head": head_of(row, CHECK),
        "refusal": refusal,
        **matched(actor, row),
        **summary(actor, row),
        "rules": rules_view(actor, row, groups) if checked else None,
        "review": review,
        "pair": pair_view(actor, row) if checked and groups else None,
        "go": go_view(row) if checked else None,
    }


def run_page(actor: Actor, row: Import, refusal: str = "", asked: dict[str, str] | None = None) -> dict[str, Any]:
    """The step of running and what became of it."""
    found = counts(row)
    over = row.state not in AT_WORK and row.state != State.PAUSED
    return {
        "head": head_of(row, BRING),
        "kind": row.kind,
        "refusal": refusal,
        **summary(actor, row),
        "over": over,
        "state": row.state,
        "told": told.told(row),
        "tiles": told.tiles(row, found),
        "kept": int(row.counts.get("kept", 0)),
        "kept_rows": kept_links(actor, row) if row.state == State.UNDONE and row.counts.get("kept") else [],
        "taken_back": int(row.counts.get("taken_back", 0)),
        "undo_label": str(undo_import.label),
        "undoable": row.state in (State.DONE, State.CANCELLED) and any(c.count for c in told.brought_counts(row)),
        "review": listing(actor, row, asked or {}) if over else None,
        "pair": None,
    }


def summary(actor: Actor, row: Import) -> dict[str, Any]:
    """The card with the bar and the counts."""
    done = progress(actor, row)
    work = work_of(row, done.done, done.total, done.seconds_left, stopped=done.stopped)
    begun = row.begun_at is not None
    shown = told.row_counts(counts(row), over=begun) if row.state != State.UPLOADED else []
    return {"work": work, "counts": shown}


def counts_of(row: Import) -> list[tuple[str, int]]:
    """(key of the tab, rows) as they are now."""
    return [(RowState(state).name.lower(), count) for state, count in counts(row).items()]


def matched(actor: Actor, row: Import) -> dict[str, Any]:
    """What the columns mean, without their values."""
    rules = rules_from_json(row.rules)
    columns = column_views(actor, KINDS[row.kind], rules, Samples(len(rules)))
    return {"columns": columns, "found": sum(bool(column.target) for column in columns)}


def go_view(row: Import) -> Go:
    """How many rows a run would bring in, and what would stay out."""
    count = to_be_brought(row)
    left = row.total - count
    words = _("其余 %(count)d 行不会导入，可以下载后再改") % {"count": left} if left else _("全部可以导入")
    return Go(count, words, uuid.uuid4().hex, str(begin_run.label))


def rules_view(actor: Actor, row: Import, groups: dict[str, int], samples: Samples | None = None) -> RulesView:
    """Whose the customers (or others) are, and what becomes of the kinds of duplicates there are; with `samples`,
    before the check, what is to stand where the sheet says nothing."""
    policy, kind = Policy.from_json(row.policy), KINDS[row.kind]
    owned = kind.given_part
    asks = kind.owned and "owner" in {f.key for f in owned.action.inputs(actor)}
    pooled = asks and owned is kind.anchor
    pools = [(pool.pk, pool.name) for pool in pools_to_create_in(actor, kind.anchor_type)] if pooled else []
    return RulesView(
        assign=_assignments(policy, pools) if asks else [],
        members=reverse("choices", args=[owned.action.name, "owner"]),
        share=[(member, directory().member_name(member, actor.stamp)) for member in _sharing(policy)],
        pools=pools,
        pool=policy.pool if policy.pool in dict(pools) else None,
        assign_help={
            SHEET: _("按表格里的「业务员」「负责人」一列；没写的归您"),
            TURNS: _("没写负责人的按顺序一人一条；选一位就全给这一位")
            if _sharing(policy)
            else _("请选择成员；没选时，没写负责人的归您"),
            MINE: _("不管表格里写的是谁，都归您"),
            POOL: _("没写负责人的进入公海，没有负责人，等成员领取；一起导入的内容也带入"),
        },
        switches=_switches(policy, kind, before=samples is not None),
        given=given_views(actor, kind, policy) if samples is not None else [],
        nobody=nobody_view(kind, row, policy, samples) if samples is not None else None,
        duplicates=[_duplicate_rule(policy, kind, why, count) for why, count in groups.items()],
        reason=policy.reason,
        note=_("导入的记录都会标明「导入」，时间用表格里的日期；与手工录入一样留下记录。"),
    )


def _sharing(policy: Policy) -> tuple[int, ...]:
    return policy.share or ((policy.owner,) if policy.owner else ())


def _assignments(policy: Policy, pools: Sequence[object]) -> list[tuple[str, str, bool]]:
    """(value, words, whether chosen) of whose the customers may be; a pool's where there is one for him."""
    chosen = TURNS if policy.assign == SHEET and policy.owner else policy.assign
    words = {SHEET: _("按表格"), TURNS: _("轮流"), MINE: _("全部归我"), POOL: _("进公海")}
    offered = [value for value in ASSIGN if value != POOL or pools]
    return [(value, words[value], value == chosen) for value in offered]


def _switches(policy: Policy, kind: Kind, *, before: bool) -> list[tuple[str, str, bool]]:
    """(name, words, whether on) of what makes a possible duplicate; whether customers are made on the way."""
    if kind.finds:
        return [("makes", _("系统里没有的客户，自动新建"), policy.makes)] if before else []
    if kind.main != "customer":
        return []
    return [
        ("by_phone", _("手机号相同视为重复"), policy.by_phone),
        ("by_likeness", _("客户名称相似度 ≥ %d%% 提示疑似重复") % ALIKE, policy.by_likeness),
    ]


def _duplicate_rule(policy: Policy, kind: Kind, why: str, count: int) -> DuplicateRule:
    choices = [(str(d), str(SHORT[d]())) for d in decisions_for(kind, why)]
    return DuplicateRule(why, words_of(why), count, choices, str(policy.decision(why)))
