"""What `genjin export` does: one list, taken out as one member, into a file."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.files import path_of
from genjin.kernel.people import directory
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.stamps import current_stamp
from genjin.org.queries import actor_for
from genjin.surfaces.exports.actions import fetch_export, keep_export, start_export
from genjin.surfaces.exports.models import Format
from genjin.surfaces.exports.writing import make_file

MOST = 2**31


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for. `filters`: `level.in=A`, `q=张`, `sort=-id`, as in a list's address."""

    plural: str
    out: Path
    sign_in: str
    filters: Sequence[str] = ()
    columns: str = ""
    reason: str = ""


def export_file(wanted: Wanted) -> int:
    """Write the list into the file; how many rows. Raises Refused, OSError; an existing file is not overwritten."""
    if wanted.out.exists():
        raise Refused("exists", _("文件已存在，没有覆盖：%s") % wanted.out)
    actor = _exporter(wanted.sign_in)
    asked = {
        "record_type": wanted.plural,
        "query": urlencode([_pair(text) for text in wanted.filters]),
        "columns": wanted.columns,
        "format": _format(wanted.out),
        "reason": wanted.reason,
    }
    try:
        export = start_export(actor, **start_export.parse(actor, asked), at_once=MOST)
    except NotFound:
        raise Refused("no_list", _("没有这种列表：%s") % wanted.plural) from None
    export = keep_export(actor, export.pk, made=make_file(actor, export))
    fetch_export(actor, export.pk)
    part = wanted.out.with_name(wanted.out.name + ".part")
    try:
        shutil.copyfile(path_of(export.stored_as), part)
        part.replace(wanted.out)
    finally:
        part.unlink(missing_ok=True)
    return export.rows


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise Refused("bad_filter", _("筛选写成 字段.方式=值，例如 level.in=A：%s") % text[:40])
    return name, value


def _format(out: Path) -> str:
    ending = out.suffix.lower().removeprefix(".")
    if ending not in Format.values:
        raise Refused("format", _("文件名请以 .xlsx、.csv 或 .vcf 结尾"))
    return ending


def _exporter(sign_in: str) -> Actor:
    anyone = replace(system(), stamp=current_stamp())
    member_id = directory().find_member(sign_in, anyone)
    actor = actor_for(member_id, Surface.CLI) if member_id else None
    if actor is None:
        raise Refused("no_member", _("没有找到唯一的在职成员「%s」，请用 --as 写明姓名、手机或邮箱") % sign_in)
    return actor
