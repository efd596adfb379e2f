"""What `genjin import` does: one file, brought in as one member, with a report in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.people import directory
from genjin.kernel.refusal import Refused
from genjin.kernel.stamps import current_stamp
from genjin.org.queries import actor_for, organisation
from genjin.surfaces.imports.actions import begin_import, upload_table
from genjin.surfaces.imports.models import Duplicates
from genjin.surfaces.imports.planning import plan_import
from genjin.surfaces.imports.earlier_running import run_import


@dataclass(frozen=True)
class Report:
    """What became of a file."""

    customers: int
    followups: int
    duplicates: int
    refused: int
    rejected: list[tuple[int, str, str]]

    def lines(self) -> list[str]:
        """The report for a terminal: a summary, then each row that was not brought in, with its reason."""
        summary = _(
            "导入完成：新建客户 %(customers)d 个，跟进 %(followups)d 条；重复 %(duplicates)d 行，未导入 %(refused)d 行"
        )
        facts = {"customers": self.customers, "followups": self.followups}
        facts |= {"duplicates": self.duplicates, "refused": self.refused}
        rows = [
            _("  第 %(row)d 行（%(name)s）：%(reason)s") % {"row": n, "name": w or "—", "reason": r}
            for n, w, r in self.rejected
        ]
        return [summary % facts, *rows]


def import_file(path: Path, sign_in: str | None, *, duplicates: str = Duplicates.SKIP) -> Report:
    """Bring a file in as the member with this sign-in (name, phone or e-mail; default: the first administrator).

    Raises Refused, OSError.
    """
    actor = _importer(sign_in)
    content = path.read_bytes()
    plan = plan_import(actor, content, path.name)
    row = upload_table(actor, filename=path.name, content=content, rows=len(plan.rows))
    row = begin_import(actor, row.pk, duplicates=duplicates, waiting=True)
    return report_of(run_import(actor, row).report)


def report_of(facts: dict[str, Any]) -> Report:
    """The report kept with an import, as an object."""
    counts = {key: facts.get(key, 0) for key in ("customers", "followups", "duplicates", "refused")}
    return Report(**counts, rejected=[(n, name, reason) for n, name, reason in facts.get("rejected", [])])


def _importer(sign_in: str | None) -> Actor:
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
