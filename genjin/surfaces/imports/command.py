"""What `genjin import` does: one file, read, checked and brought in as one member, with a report in words; its state
and its taking back later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.importing import IMPORTABLES
from genjin.kernel.people import directory
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import current_stamp
from genjin.org.queries import actor_for, organisation
from genjin.ownership.standing import pools_to_create_in
from genjin.surfaces.imports import work
from genjin.surfaces.imports.actions import set_policy, set_rules
from genjin.surfaces.imports.failures import reason_of
from genjin.surfaces.imports.kinds import KINDS, Kind
from genjin.surfaces.imports.models import Decision, Import, ImportRow, RowState, State
from genjin.surfaces.imports.policy import POOL
from genjin.surfaces.imports.queries import counts, import_for, imports_of, rows_of
from genjin.surfaces.imports.questions import accepted, questions
from genjin.surfaces.imports.receiving import look_at, read_again, upload_file
from genjin.surfaces.imports.rules import Rule, rules_from_json

MOST_LISTED = 1_000
PIECE = 500
LEFT_OUT = (RowState.BAD, RowState.FAILED)
Confirm = Callable[[list[str]], bool]


@dataclass(frozen=True)
class Wish:
    """What the command line asks for. `mapping` {heading: target, "" for not imported}; `pool`: the name of the one
    that takes customers (or leads) for whom no column names an owner; `given` {target: text}: what stands where the
    sheet says nothing; `accepting`: what is proposed for what is asked about the columns is taken."""

    kind: str = "customers"
    sheet: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    duplicates: str = Decision.SKIP
    reason: str = ""
    pool: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    accepting: bool = False
    check_only: bool = False


@dataclass(frozen=True)
class Report:
    """What became (or, `checked`, would become) of a file."""

    import_id: int
    state: str
    customers: int
    contacts: int
    followups: int
    plans: int
    changed: int
    duplicates: int
    refused: int
    rejected: list[tuple[int, str, str]]
    columns: list[tuple[str, str]]
    ready: int = 0
    others: tuple[tuple[str, int], ...] = ()

    @property
    def checked(self) -> bool:
        """Whether nothing has been brought in (yet)."""
        return self.state == State.CHECKED

    def lines(self) -> list[str]:
        """The report for a terminal: a summary, then each row that was not brought in, with its reason."""
        rows = [
            _("  第 %(row)d 行（%(name)s）：%(reason)s") % {"row": n, "name": w or "—", "reason": r}
            for n, w, r in self.rejected
        ]
        return [self._summary() % self._facts(), *rows, *self._more()]

    def _summary(self) -> str:
        if self.checked:
            return _("校验完成（没有写入）：可导入 %(ready)d 行，疑似重复 %(duplicates)d 行，有错误 %(refused)d 行")
        return _("导入完成：%(made)s；重复 %(duplicates)d 行，未导入 %(refused)d 行")

    def _facts(self) -> dict[str, Any]:
        made = [
            *([_("新建客户 %d 个") % self.customers] if self.customers or not self.others else []),
            *([_("联系人 %d 个") % self.contacts] if self.contacts else []),
            *([_("跟进 %d 条") % self.followups] if self.followups or not self.others else []),
            *([_("计划 %d 条") % self.plans] if self.plans else []),
            *(_("%(label)s %(count)d 条") % {"label": label, "count": count} for label, count in self.others),
            *([_("更新客户 %d 个") % self.changed] if self.changed else []),
        ]
        facts = {"made": "，".join(made), "ready": self.ready}
        return facts | {"duplicates": self.duplicates, "refused": self.refused}

    def _more(self) -> list[str]:
        hidden = self.refused - len(self.rejected)
        more = [_("  还有 %d 行没有列出") % hidden] if hidden > 0 else []
        number = _("导入编号 %d：genjin import --status %d 查看，--undo %d 撤销") % ((self.import_id,) * 3)
        return more if self.checked else [*more, number]

    def matching(self) -> list[str]:
        """How the columns were understood."""
        return [f"  {heading} → {target or _('不导入')}" for heading, target in self.columns]


def import_file(
    path: Path, sign_in: str | None = None, wish: Wish | None = None, *, confirm: Confirm | None = None
) -> Report:
    """Bring a file in as the member with this sign-in (name, phone or e-mail; default: the first administrator).

    `confirm` is asked with the lines of the check before anything is written. Raises Refused, OSError.
    """
    actor, wish = importer(sign_in), wish or Wish()
    row = upload_file(actor, filename=path.name, content=path, kind=wish.kind)
    if wish.sheet:
        row = read_again(actor, row.pk, sheet=wish.sheet)
    row = _mapped(actor, row, wish.mapping)
    if wish.accepting:
        row = _accepted(actor, row)
    into: dict[str, Any] = {}
    if wish.pool:
        into = {"assign": POOL, "pool": _pool_named(actor, KINDS[wish.kind], wish.pool)}
    if wish.given:
        into["given"] = {**row.policy.get("given", {}), **wish.given}
    set_policy(actor, row.pk, policy={"otherwise": wish.duplicates, "reason": wish.reason, **into})
    row = work.check_import(actor, row.pk, waiting=True)
    checked = report_of(actor, row)
    if wish.check_only or (confirm and not confirm([*checked.matching(), *checked.lines()])):
        return checked
    return report_of(actor, work.run_import(actor, row.pk, waiting=True))


def undo_file(import_id: int, sign_in: str | None = None) -> list[str]:
    """Take an import back; what became of it, in words. Raises Refused."""
    actor = importer(sign_in)
    row = work.undo(actor, import_id, waiting=True)
    back, kept = int(row.counts.get("taken_back", 0)), int(row.counts.get("kept", 0))
    words = [_("已撤销：收回 %d 条") % back]
    return [*words, _("  %d 条在导入以后改动过，留着没动") % kept] if kept else words


def status_lines(import_id: int | None, sign_in: str | None = None) -> list[str]:
    """One import, or the last ones, as lines. Raises Refused."""
    actor = importer(sign_in)
    if import_id:
        row = import_for(actor, import_id)
        return [_line(row), *report_of(actor, row).lines()]
    return [_line(row) for row in imports_of(actor, 20)] or [_("还没有导入过")]


def report_of(actor: Actor, row: Import) -> Report:
    """The report of an import as it is now."""
    found, done = counts(row), row.counts
    targets = KINDS[row.kind].targets(actor)
    names = {name: labelled_target(KINDS[row.kind], actor, name) for name in targets}
    return Report(
        import_id=row.pk,
        state=row.state,
        **{key: int(done.get(key, 0)) for key in ("customers", "contacts", "followups", "plans", "changed")},
        duplicates=found[RowState.DUPLICATE] if row.begun_at is None else int(done.get("duplicates", 0)),
        refused=sum(found[state] for state in LEFT_OUT),
        rejected=_rejected(row),
        columns=[(rule.heading, names.get(rule.target, "")) for rule in rules_from_json(row.rules)],
        ready=found[RowState.READY],
        others=tuple(
            (str(one.record_type.label), int(done[one.record_type.plural]))
            for one in IMPORTABLES.values()
            if done.get(one.record_type.plural)
        ),
    )


def labelled_target(kind: Kind, actor: Actor, name: str) -> str:
    """客户 · 客户等级."""
    target = kind.targets(actor)[name]
    return f"{target.group} · {target.label}"


def _accepted(actor: Actor, row: Import) -> Import:
    """The import with what is proposed for each question taken as the answer."""
    rules = rules_from_json(row.rules)
    asked = questions(actor, KINDS[row.kind], rules, look_at(actor, row).samples)
    return set_rules(actor, row.pk, rules=accepted(rules, asked)) if asked else row


def _pool_named(actor: Actor, kind: Kind, name: str) -> int:
    """Raises Refused("no_pool")."""
    pools = {pool.name: pool.pk for pool in pools_to_create_in(actor, kind.anchor_type)}
    if name not in pools:
        words = _("没有您可以放入的公海「%(name)s」；可用：%(all)s")
        raise Refused("no_pool", words % {"name": name, "all": "、".join(pools) or "—"})
    return pools[name]


def _rejected(row: Import) -> list[tuple[int, str, str]]:
    listed: list[ImportRow] = []
    for state in LEFT_OUT:
        after = 0
        while len(listed) < MOST_LISTED and (piece := rows_of(row, state, after=after, most=PIECE)):
            listed += piece
            after = piece[-1].number
    header = [str(heading) for heading in row.layout.get("header", ())]
    ordered = sorted(listed, key=lambda each: each.number)[:MOST_LISTED]
    return [(each.number, each.title, reason_of(each, header)) for each in ordered]


def _mapped(actor: Actor, row: Import, mapping: Mapping[str, str]) -> Import:
    """The import with columns set by hand. Raises Refused("no_heading"), Refused("no_target")."""
    if not mapping:
        return row
    rules = {rule.heading: rule for rule in rules_from_json(row.rules)}
    known = KINDS[row.kind].targets(actor)
    for heading, target in mapping.items():
        if heading not in rules:
            words = _("表格里没有「%(heading)s」这一列；有：%(all)s")
            raise Refused("no_heading", words % {"heading": heading, "all": "、".join(rules)})
        if target and target not in known:
            words = _("没有「%(target)s」这个字段；可用：%(all)s")
            raise Refused("no_target", words % {"target": target, "all": "、".join(known)})
        taken = {h: Rule(r.index, h, epoch=r.epoch) for h, r in rules.items() if target and r.target == target}
        chosen = Rule(rules[heading].index, heading, target, "chosen" if target else "", epoch=rules[heading].epoch)
        rules = rules | taken | {heading: chosen}
    return set_rules(actor, row.pk, rules=list(rules.values()))


def _line(row: Import) -> str:
    state, total = State(row.state).label, row.total
    day = row.created_at.strftime("%Y-%m-%d %H:%M")
    return _("%(id)d  %(day)s  %(state)s  %(rows)d 行  %(name)s") % {
        "id": row.pk, "day": day, "state": state, "rows": total, "name": row.filename,
    }  # fmt: skip


def importer(sign_in: str | None) -> Actor:
    """The member as whom a file is brought in. Raises Refused("no_member")."""
    anyone = replace(system(), stamp=current_stamp())
    if sign_in:
        member_id = directory().find_member(sign_in, anyone)
    else:
        people = organisation(anyone).people.values()
        member_id = next((p.id for p in people if p.administrator and p.active), None)
    actor = actor_for(member_id, Surface.IMPORT) if member_id else None
    if actor is None:
        raise Refused("no_member", _("没有找到唯一的在职成员「%s」，请用 --as 写明姓名、手机或邮箱") % (sign_in or ""))
    return actor
