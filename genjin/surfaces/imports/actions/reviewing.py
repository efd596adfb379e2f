"""Checking the rows of a file, mending them in place, deciding about duplicates."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.copying import Load, without_waiting
from genjin.kernel.fields import LongText, Number
from genjin.kernel.jobs import start_job
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.surfaces.imports.actions.by_rules import Complete, keep_near_of
from genjin.surfaces.imports.actions.comparing import compare
from genjin.surfaces.imports.actions.setting_up import demand_reason
from genjin.surfaces.imports.actions.shapes import remember_import
from genjin.surfaces.imports.actions.staging import Chunk, Staged, staged_row
from genjin.surfaces.imports.answering import create_options
from genjin.surfaces.imports.checking import Checker, checker_of, mended
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import MOVES, Decision, Import, ImportRow, RowState, State
from genjin.surfaces.imports.policy import Policy, fits
from genjin.surfaces.imports.queries import import_for
from genjin.surfaces.imports.rules import rules_from_json
from genjin.surfaces.imports.whys import is_why

NEEDS = "imports.run"
AT_ONCE = 200
CHECK_JOB = "imports.check"
STEP = "a step of checking; the import itself records its beginning and end"
RowNumber = Annotated[int, Number(key="number", label=gettext_lazy("行号"))]
Reason = Annotated[str, LongText(key="reason", label=gettext_lazy("仍新建的理由"), most=200)]


@action("imports.begin_check", on=Import, needs=NEEDS, label=gettext_lazy("校验与查重"), listed=False)
def begin_check(actor: Actor, import_id: int, *, waiting: bool = False) -> Import:
    """Check all rows (anew); a long file goes to the queue unless the caller waits for it. Options that were asked for
    are made, and how the columns were matched is remembered. Raises Refused("bad_move")."""
    row = import_for(actor, import_id, lock=True)
    if not row.stored_as:
        raise Refused("file_gone", _("文件已按保留期限删除，请重新上传"))
    MOVES.move(row, State.CHECKING)
    actor, rules = create_options(actor, KINDS[row.kind], rules_from_json(row.rules))
    row.rules = [rule.to_json() for rule in rules]
    remember_import(actor, row)
    row.position, row.counts, row.words, row.stamp = 0, {}, "", actor.stamp
    row.clock = {**row.clock, "checking": 0}
    ImportRow.objects.filter(batch_id=row.pk).delete()
    row.job_id = None
    if row.total > AT_ONCE and not waiting:
        row.job_id = start_job(actor, CHECK_JOB, title=_("校验 %s") % row.filename, import_id=row.pk).pk
    record(actor, row)
    return row


@action("imports.check_rows", on=Import, needs=NEEDS, label=gettext_lazy("校验数据行"), silent=STEP, listed=False)
def check_rows(actor: Actor, import_id: int, *, chunk: Chunk) -> Import:
    """Keep the next checked rows; nothing is done when the import is no longer being checked, or others have come
    before them. Nobody waits for the disk: what a power cut may cost is checked again."""
    row = import_for(actor, import_id, lock=True)
    if row.state != State.CHECKING or row.position != chunk.after:
        return row
    without_waiting()
    chunk.load.write()
    clock = {**row.clock, "checking": row.clock.get("checking", 0) + chunk.seconds}
    facts = {"position": chunk.last, "counts": {"done": row.counts.get("done", 0) + chunk.count}, "clock": clock}
    Import.objects.filter(pk=row.pk).update(**facts)
    for name, value in facts.items():
        setattr(row, name, value)
    return row


@action("imports.compare_rows", on=Import, needs=NEEDS, label=gettext_lazy("查重"), listed=False)
def compare_rows(actor: Actor, import_id: int, *, ahead: Iterable[Load | Complete] = ()) -> Import:
    """All rows are there: find duplicates among them and in the database; the import is checked. `ahead`: see
    `by_rules.keep_near`."""
    row = import_for(actor, import_id, lock=True)
    begun = time.perf_counter()
    compare(actor, row, anew=True, ahead=ahead)
    MOVES.move(row, State.CHECKED)
    row.total = row.counts.get("done", 0)
    row.position, row.counts = 0, {}
    row.clock = {**row.clock, "checking": row.clock.get("checking", 0) + time.perf_counter() - begun}
    row.clock["checked_at"] = timezone.now().isoformat()
    record(actor, row)
    return row


@action("imports.stop_check", on=Import, needs=NEEDS, label=gettext_lazy("停止校验"), listed=False)
def stop_check(actor: Actor, import_id: int) -> Import:
    """Give up checking, to change the settings. Raises Refused("bad_move")."""
    row = import_for(actor, import_id, lock=True)
    if row.state != State.CHECKING:
        raise Refused("bad_move", _("现在没有在校验"))
    MOVES.move(row, State.UPLOADED)
    row.position, row.counts = 0, {}
    ImportRow.objects.filter(batch_id=row.pk).delete()
    record(actor, row)
    return row


@action("imports.mend_row", on=Import, needs=NEEDS, label=gettext_lazy("修改表格里的内容"), listed=False)
def mend_row(actor: Actor, import_id: int, *, number: RowNumber, fixes: Mapping[str, str]) -> ImportRow:
    """Write over cells of a row ({column index: text}) and check it again at once; the file stays as it is."""
    batch = _checked(actor, import_id)
    row = _row(batch, number)
    width = len(batch.layout.get("header", ()))
    if not all(index.isdecimal() and int(index) < width for index in fixes):
        raise Refused("bad_column", _("没有这一列"), "fixes")
    row.fixes = {**row.fixes, **{index: text[:2000] for index, text in fixes.items()}}
    _check_again(checker_of(actor, batch), batch, row)
    keep_near_of(actor, batch, number)
    compare(actor, batch)
    record(actor, batch, row=number, columns=sorted(fixes))
    row.refresh_from_db()
    return row


@action("imports.skip_row", on=Import, needs=NEEDS, label=gettext_lazy("跳过这一行"), listed=False)
def skip_row(actor: Actor, import_id: int, *, number: RowNumber, skipped: bool = True) -> ImportRow:
    """Leave a row out, or take it in again."""
    batch = _checked(actor, import_id)
    row = _row(batch, number)
    if skipped:
        ImportRow.objects.filter(batch_id=batch.pk, number=number).update(state=RowState.SKIPPED)
    else:
        _check_again(checker_of(actor, batch), batch, row)
    compare(actor, batch)
    record(actor, batch, row=number, skipped=skipped)
    row.refresh_from_db()
    return row


@action("imports.decide_rows", on=Import, needs=NEEDS, label=gettext_lazy("处理一类重复"), listed=False)
def decide_rows(actor: Actor, import_id: int, *, why: str, decision: str, reason: Reason = "") -> Import:
    """Say once what becomes of all duplicates of a kind; what was decided for single rows gives way. Raises
    Refused("bad_decision"), Refused("reason_needed")."""
    batch = _checked(actor, import_id)
    _demand_fit(why, decision)
    _explain(batch, decision, reason)
    batch.policy = {**batch.policy, "duplicates": {**batch.policy.get("duplicates", {}), why: decision}}
    ImportRow.objects.filter(batch_id=batch.pk, duplicate_why=why).exclude(decision="").update(decision="")
    record(actor, batch)
    return batch


@action("imports.decide_row", on=Import, needs=NEEDS, label=gettext_lazy("处理一行重复"), listed=False)
def decide_row(actor: Actor, import_id: int, *, number: RowNumber, decision: str, reason: Reason = "") -> ImportRow:
    """Say what becomes of one duplicate; '' leaves it to what was said of its kind. To create it all the same wants a
    written reason, once for an import. Raises Refused("bad_decision"), Refused("reason_needed")."""
    batch = _checked(actor, import_id)
    row = _row(batch, number)
    if decision:
        _demand_fit(row.duplicate_why, decision)
        _explain(batch, decision, reason)
    ImportRow.objects.filter(batch_id=batch.pk, number=number).update(decision=decision)
    record(actor, batch, row=number, decision=decision, **({"reason": reason} if reason else {}))
    row.decision = decision
    return row


def _explain(batch: Import, decision: str, reason: str) -> None:
    """Keep why what is there already is created. Raises Refused("reason_needed")."""
    if decision == Decision.CREATE:
        batch.policy = {**batch.policy, "reason": reason.strip() or batch.policy.get("reason", "")}
        demand_reason(Policy.from_json({**batch.policy, "otherwise": decision}))


def _demand_fit(why: str, decision: str) -> None:
    if not is_why(why) or decision not in Decision.values or not fits(why, decision):
        raise Refused("bad_decision", _("这类重复不能这样处理，请重新选择"), "decision")


def _checked(actor: Actor, import_id: int) -> Import:
    row = import_for(actor, import_id, lock=True)
    if row.state != State.CHECKED:
        raise Refused("bad_move", _("请先完成校验；开始导入以后不能再改"))
    return row


def _row(batch: Import, number: int) -> ImportRow:
    row = ImportRow.objects.filter(batch_id=batch.pk, number=number).first()
    if row is None:
        raise NotFound
    return row


def _check_again(checker: Checker, batch: Import, row: ImportRow) -> None:
    checked = checker.check(mended(row.cells, row.fixes))
    staged = staged_row(row.number, row.cells, checked)
    facts = dict(zip(Staged.columns(), staged.values(), strict=True))
    facts |= {
        "fixes": row.fixes,
        "follows": None,
        "duplicate_of": None,
        "duplicate_row": None,
        "duplicate_why": "",
        "told": "",
    }
    ImportRow.objects.filter(batch_id=batch.pk, number=row.number).update(**facts)
