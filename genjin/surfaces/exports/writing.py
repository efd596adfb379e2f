"""Making the file of an export: read by key, written row by row under another name, offered only when it is whole."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import IO

from django.db.models import Q
from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import RecordRef
from genjin.kernel.files import path_of
from genjin.kernel.lists import ListRow, page
from genjin.kernel.lists.reading import Cursor
from genjin.kernel.refusal import Refused
from genjin.kernel.tables.csv_writing import CsvTable, csv_table
from genjin.kernel.tables.packaging import Properties
from genjin.kernel.tables.writing import Look, Sheet, workbook
from genjin.kernel.titles import titles_of
from genjin.surfaces.exports.asked import Asked, asked_of
from genjin.surfaces.exports.cells import cell_of
from genjin.surfaces.exports.evidence import in_full
from genjin.surfaces.exports.models import Export, Format
from genjin.surfaces.exports.queries.moment import ids_now
from genjin.surfaces.exports.settings import MOST_ROWS
from genjin.surfaces.exports.vcards import write_cards

FOLDER = "exports"
PART = ".part"
AT_A_TIME = 5_000
WIDTHS = {"longtext": 40, "region": 24, "industry": 20, "record": 30, "email": 24, "url": 24}
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Made:
    """A whole file: its place below settings.FILES, rows, bytes, hash, the columns with personal values in full."""

    stored_as: str
    rows: int
    size: int
    sha256: str
    full: tuple[str, ...] = ()


def make_file(actor: Actor, export: Export, tell: Tell = lambda _done: None) -> Made:
    """Write the file with the rights of now; `tell` hears how many rows are done and may break off. Whatever goes
    wrong, nothing half is left. Raises Forbidden, Refused (a right is gone, too many rows, the disk is full)."""
    asked = asked_of(actor, export)
    stored_as = f"{FOLDER}/{export.pk}.{export.format}"
    whole = path_of(stored_as)
    whole.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = whole.with_name(f"{whole.name}.{secrets.token_hex(4)}{PART}")
    try:
        with part.open("xb") as file:
            part.chmod(0o600)
            rows = write(actor, asked, Format(export.format), file, tell)
            file.flush()
            os.fsync(file.fileno())
        full = in_full(actor, asked.record_type, asked.fields)
        made = Made(stored_as, rows, part.stat().st_size, _hash(part), full)
        part.replace(whole)
    except OSError as error:
        raise Refused("disk", _("文件没有写完：磁盘已满或不可写，请联系管理员")) from error
    finally:
        part.unlink(missing_ok=True)
    return made


def write(actor: Actor, asked: Asked, form: Format, file: IO[bytes], tell: Tell = lambda _done: None) -> int:
    """Write all rows into `file`; how many. Raises Refused("too_many") when there are more than may leave at once."""
    most = MOST_ROWS.at(actor.stamp)
    if form is Format.VCF:
        return write_cards(actor, (row.id for rows in _parts(actor, asked, most, tell) for row in rows), file)
    done = 0
    with _table(actor, asked, form, file) as table:
        for rows in _parts(actor, asked, most, tell):
            _write_part(actor, asked, table, rows)
            done += len(rows)
    return done


def watermark(actor: Actor) -> str:
    """Who took it out, and when: `导出：张三 2026-11-22 15:30`."""
    return _("导出：%(who)s %(when)s") % {"who": actor.name, "when": f"{actor.now():%Y-%m-%d %H:%M}"}


def _parts(actor: Actor, asked: Asked, most: int, tell: Tell) -> Iterator[list[ListRow]]:
    """The rows of the list, some thousand at a time. Raises Refused("too_many")."""
    done = 0
    for rows in _in_their_order(actor, asked, most) if asked.query.sort is not None else _by_key(actor, asked):
        done += len(rows)
        if done > most:
            raise Refused("too_many", _("超过一次最多导出的 %s 行，请缩小筛选范围") % f"{most:,}")
        yield rows
        tell(done)


def _by_key(actor: Actor, asked: Asked) -> Iterator[list[ListRow]]:
    """In the order of the ids, which never change."""
    query = replace(asked.query, size=AT_A_TIME)
    while True:
        found = page(actor, query, asked.fields)
        yield found.rows
        if found.next is None:
            return
        query = replace(query, after=Cursor.read(found.next))


def _in_their_order(actor: Actor, asked: Asked, most: int) -> Iterator[list[ListRow]]:
    """In an order that may change while they are read: the ids at one moment first, then the rows of each part that are
    still in the list."""
    ids = ids_now(actor, asked.query, most + 1)
    query = replace(asked.query, sort=None, size=AT_A_TIME)
    only = query.only or Q()
    for start in range(0, max(len(ids), 1), AT_A_TIME):
        part = list(ids[start : start + AT_A_TIME])
        found = page(actor, replace(query, only=only & Q(pk__in=part)), asked.fields)
        known = {row.id: row for row in found.rows}
        yield [known[row_id] for row_id in part if row_id in known]


@contextmanager
def _table(actor: Actor, asked: Asked, form: Format, file: IO[bytes]) -> Iterator[Sheet | CsvTable]:
    """The open table, its headings written."""
    headings = [str(field.label) for field in asked.fields]
    if form is Format.CSV:
        with csv_table(file) as table:
            table.row(headings)
            yield table
        return
    title, note = str(asked.record_type.many), watermark(actor)
    made = f"{actor.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    said = Properties(title, actor.name, note, made)
    widths = [WIDTHS.get(field.kind, 16) for field in asked.fields]
    with workbook(file, title, widths=widths, frozen=1, note=note, properties=said) as sheet:
        sheet.row(headings, Look.HEADING)
        yield sheet


def _write_part(actor: Actor, asked: Asked, table: Sheet | CsvTable, rows: list[ListRow]) -> None:
    titles = {
        field.key: titles_of(actor, field.to, {row.values[field.key] for row in rows})
        for field in asked.fields
        if isinstance(field, RecordRef)
    }
    cells = [(f.key, cell_of(actor, asked.record_type, f, titles.get(f.key, {}))) for f in asked.fields]
    for row in rows:
        values = row.values
        table.row([cell(values[key]) for key, cell in cells])


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
