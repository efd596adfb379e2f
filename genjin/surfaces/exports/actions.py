"""Writes of exports: asking for one, its file is made, it was downloaded, cards were taken. Each is an event (B19)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.customers.queries import contact_for, contacts_of, customer_for
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.fields import LongText, Number, Text
from genjin.kernel.jobs import start_job
from genjin.kernel.lists import count_capped
from genjin.kernel.recording import note_event, record
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.kernel.taking_out import demand_taking_out
from genjin.org.fields import OneOf
from genjin.org.models import Member
from genjin.surfaces.exports.asked import EVERY, MOST_IDS, Asked, read_asked, type_keyed, type_named
from genjin.surfaces.exports.grants import CARDS, PRINT, RUN
from genjin.surfaces.exports.models import PRINTED, Export, Format
from genjin.surfaces.exports.queries import export_for, offered, on_the_way, taken_on
from genjin.surfaces.exports.settings import DAY_ROWS, KEEP_HOURS, MOST_ROWS, REASON_ABOVE
from genjin.surfaces.exports.writing import Made

JOB = "exports.make"
FULL = "full"
AT_ONCE = 5_000


@action("exports.start", on=Export, needs=RUN, label=gettext_lazy("导出列表"), icon="download", listed=False)
def start_export(
    actor: Actor,
    *,
    record_type: Annotated[str, Text(key="record_type", label=gettext_lazy("列表"), most=40)],
    query: Annotated[str, Text(key="query", label=gettext_lazy("筛选与排序"), most=4_000)] = "",
    ids: Annotated[str, LongText(key="ids", label=gettext_lazy("勾选的记录"), most=20_000)] = "",
    columns: Annotated[str, Text(key="columns", label=gettext_lazy("列"), most=2_000)] = "",
    format: Annotated[str, OneOf(key="format", label=gettext_lazy("格式"), pairs=Format.choices)] = Format.XLSX,
    reason: Annotated[str, Text(key="reason", label=gettext_lazy("原因"), most=500)] = "",
    at_once: int = -1,
) -> Export:
    """Ask for a list (its plural, its address's parameters, or ids with commas) with columns (keys with commas, `*` for
    all that may be read). A job makes the file, unless the caller makes those of up to `at_once` rows himself. Raises
    Refused("too_many", "day_limit", "reason", …), Forbidden."""
    if actor.member_id is None:
        raise Forbidden
    demand_taking_out(actor)
    declared = type_named(record_type)
    form = _format(format, declared.key)
    chosen, keys = _ids(ids), [key for key in columns.split(",") if key]
    asked = read_asked(actor, declared, query, chosen, keys)
    counted = _allowed(actor, asked, reason)
    export = Export(
        member_id=actor.member_id, record_type=declared.key, query=query, ids=chosen,
        columns=keys if keys == [EVERY] else [f.key for f in asked.fields], format=form, reason=reason, counted=counted,
        name=_name(actor, str(declared.many), form),
    )  # fmt: skip
    labels = [str(f.label) for f in asked.fields]
    said = {"filters": query if not chosen else ids, "reason": reason}
    known = {name: words for name, words in said.items() if words}
    record(actor, export, list=declared.plural, columns=labels, counted=counted, **known)
    if counted > at_once:
        title = _("导出%(what)s（%(count)s 行）") % {"what": declared.many, "count": f"{counted:,}"}
        export.job_id = start_job(actor, JOB, title=title, export=export.pk).pk
        record(actor, export)
    return export


@action("exports.print", on=Export, needs=PRINT, label=gettext_lazy("打印"), icon="printer", listed=False)
def note_print(
    actor: Actor,
    *,
    record_type: Annotated[str, Text(key="record_type", label=gettext_lazy("列表"), most=40)],
    rows: Annotated[int, Number(key="rows", label=gettext_lazy("行数"))] = 1,
    query: Annotated[str, Text(key="query", label=gettext_lazy("筛选与排序"), most=4_000)] = "",
    ids: Annotated[str, LongText(key="ids", label=gettext_lazy("勾选的记录"), most=20_000)] = "",
) -> Export:
    """Note that records went to paper (B19)."""
    if actor.member_id is None:
        raise Forbidden
    demand_taking_out(actor)
    declared = type_named(record_type)
    export = Export(
        member_id=actor.member_id, record_type=declared.key, query=query, ids=_ids(ids), columns=[], format=PRINTED,
        counted=rows, rows=rows, name=str(declared.many),
    )  # fmt: skip
    record(actor, export, list=declared.plural, rows=rows)
    return export


@action("exports.keep", on=Export, needs=RUN, label=gettext_lazy("生成导出文件"), listed=False)
def keep_export(actor: Actor, export_id: int, *, made: Made) -> Export:
    """The file is whole: offer it. A second run of the same job changes nothing. Raises NotFound."""
    export = export_for(actor, export_id, lock=True)
    if export.stored_as:
        record(actor, export)
        return export
    export.stored_as, export.rows, export.size, export.sha256 = made.stored_as, made.rows, made.size, made.sha256
    export.expires_at = timezone.now() + timedelta(hours=KEEP_HOURS.at(actor.stamp))
    declared = type_keyed(export.record_type)
    full = {FULL: [str(declared.keys[key].label) for key in made.full if key in declared.keys]} if made.full else {}
    record(actor, export, list=declared.plural, rows=made.rows, sha256=made.sha256, **full)
    return export


@action("exports.fetch", on=Export, needs=RUN, label=gettext_lazy("下载导出文件"), listed=False)
def fetch_export(actor: Actor, export_id: int) -> Export:
    """Note the download of one's own file. Raises NotFound while there is none, and after it has expired."""
    export = export_for(actor, export_id)
    if not offered(export):
        raise NotFound
    demand_taking_out(actor)
    record(actor, export, downloaded=export.name)
    return export


@action("exports.take_cards", on=None, needs=CARDS, label=gettext_lazy("下载联系人名片"), listed=False)
def take_cards(
    actor: Actor,
    *,
    contact: Annotated[int | None, Number(key="contact", label=gettext_lazy("联系人"))] = None,
    customer: Annotated[int | None, Number(key="customer", label=gettext_lazy("客户"))] = None,
) -> list[int]:
    """The ids of the contacts whose cards are handed out: one, or a customer's. Raises NotFound,
    Refused("day_limit")."""
    if (contact is None) == (customer is None):
        raise NotFound
    demand_taking_out(actor)
    if contact is not None:
        found = [contact_for(actor, contact, to=SEE)]
    else:
        found = contacts_of(actor, customer_for(actor, customer or 0, to=SEE))
    _within_day(actor, len(found))
    note_event(actor, rows=len(found))
    for one in found:
        record(actor, one)
    return [one.pk for one in found]


def _format(given: str, record_type: str) -> Format:
    form = Format(given or Format.XLSX)
    if form is Format.VCF and record_type != "contact":
        raise Refused("format", _("只有联系人能导出为名片（vCard）"), "format")
    return form


def _ids(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if any(not part.isdecimal() or len(part) > 18 for part in parts):
        raise Refused("bad_ids", _("勾选的记录编号不对"), "ids")
    found = list(dict.fromkeys(int(part) for part in parts))
    if len(found) > MOST_IDS:
        raise Refused("too_many", _("一次最多勾选 %d 条；全部导出请不要勾选") % MOST_IDS, "ids")
    return found


def _allowed(actor: Actor, asked: Asked, reason: str) -> int:
    """How many rows it will be. Raises Refused where a limit of the company forbids it."""
    most = MOST_ROWS.at(actor.stamp)
    counted = count_capped(actor, asked.query, most)
    if counted > most:
        raise Refused("too_many", _("超过一次最多导出的 %s 行，请缩小筛选范围") % f"{most:,}")
    if counted > REASON_ABOVE.at(actor.stamp) and not reason:
        words = _("超过 %(limit)s 行的导出要写明原因（这次约 %(now)s 行）")
        raise Refused("reason", words % {"limit": f"{REASON_ABOVE.at(actor.stamp):,}", "now": f"{counted:,}"}, "reason")
    _within_day(actor, counted)
    return counted


def _within_day(actor: Actor, rows: int) -> None:
    """Two exports at once do not both fit into what one of them may still take."""
    member_id = actor.member_id or 0
    Member.objects.select_for_update(no_key=True).only("pk").get(pk=member_id)
    limit, now = DAY_ROWS.at(actor.stamp), timezone.now()
    taken = taken_on(member_id, now) + on_the_way(member_id, now)
    if taken + rows > limit:
        words = _("今天最多导出 %(limit)s 行，已导出 %(taken)s 行；请明天再试，或联系管理员调整上限")
        raise Refused("day_limit", words % {"limit": f"{limit:,}", "taken": f"{taken:,}"})


def _name(actor: Actor, what: str, form: Format) -> str:
    """`客户 张三 20261122-1530.xlsx`: the file's own mark of who took it, and when."""
    return f"{what} {actor.name} {actor.now():%Y%m%d-%H%M}.{form}"[-200:]


__all__: Sequence[str] = ["AT_ONCE", "JOB", "fetch_export", "keep_export", "start_export", "take_cards"]
