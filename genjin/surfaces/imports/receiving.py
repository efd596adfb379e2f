"""Taking files in: received to disk, looked at, matched; then the actions keep them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.actions.setting_up import keep_file, set_layout, set_rules
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import
from genjin.surfaces.imports.proposing import propose, wants_facts, with_facts
from genjin.surfaces.imports.queries import import_for
from genjin.surfaces.imports.rules import Rule, rules_from_json
from genjin.surfaces.imports.sheets import Look, look, look_again
from genjin.surfaces.imports.storage import Upload, path_of, received


def upload_file(actor: Actor, *, filename: str, content: IO[bytes] | Upload | Path, kind: str = "customers") -> Import:
    """Receive a file, find its table and propose what its columns mean. Raises Refused with the reason."""
    keep_file.check(actor)
    _demand_kind(kind)
    with received(filename, content) as stored:
        found = look(stored.path, stored.filename)
        return keep_file(actor, stored=stored, kind=kind, look=found, rules=_proposed(actor, kind, found))


def read_again(
    actor: Actor, import_id: int, *, sheet: str = "", header_row: int | None = None, kind: str = ""
) -> Import:
    """Read another sheet, from another header row (numbered as the sheet shows it), or as another kind; what was
    matched and checked is dropped. Raises Refused."""
    row = import_for(actor, import_id)
    _demand_kind(kind or row.kind)
    found = look(path_of(row.stored_as), row.filename, sheet=sheet or row.sheet, header_row=header_row)
    rules = _proposed(actor, kind or row.kind, found)
    return set_layout(actor, row.pk, look=found, rules=rules, kind=kind)


def look_at(actor: Actor, row: Import) -> Look:
    """The sheets and first rows of an import's file again, for its pages. Raises Refused("file_gone")."""
    del actor
    if not row.stored_as:
        raise Refused("file_gone", _("文件已按保留期限删除，请重新上传"))
    return look_again(path_of(row.stored_as), row.filename, row.sheet, row.layout)


def look_closer(actor: Actor, import_id: int) -> None:
    """Let the values of columns that were chosen by hand tell the order of their days, their unit, their scale."""
    row = import_for(actor, import_id)
    kind, rules = KINDS[row.kind], rules_from_json(row.rules)
    if not any(rule.how == "chosen" and wants_facts(actor, kind, rule) for rule in rules):
        return
    samples = look_at(actor, row).samples
    told = [with_facts(actor, kind, rule, samples) if rule.how == "chosen" else rule for rule in rules]
    if told != rules:
        set_rules(actor, row.pk, rules=told)


def _proposed(actor: Actor, kind: str, found: Look) -> Sequence[Rule]:
    return propose(actor, KINDS[kind], found.layout["header"], found.samples)


def _demand_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Refused("bad_kind", _("不能导入这种数据"), "kind")
