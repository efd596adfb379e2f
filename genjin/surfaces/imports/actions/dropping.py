"""Files and rows of imports whose time is over. What an import brought stays known, so that it can be undone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.recording import record
from genjin.kernel.stamps import current_stamp
from genjin.surfaces.imports.models import AT_WORK, MOVES, OVER, Import, ImportRow, State
from genjin.surfaces.imports.settings import KEEP_DAYS
from genjin.surfaces.imports.storage import FOLDER, path_of


@action(
    "imports.drop_files",
    on=None,
    needs="imports.drop",
    label=gettext_lazy("清理导入文件"),
    silent="nothing when no file's time is over; else each import records it",
    listed=False,
)
def drop_files(actor: Actor) -> int:
    """Drop files and rows of imports that ended, or were left lying, so many days ago; how many there were."""
    before = timezone.now() - timedelta(days=KEEP_DAYS.at(current_stamp()))
    old = Import.objects.filter(Q(ended_at__lt=before) | Q(ended_at=None, updated_at__lt=before))
    rows = list(old.exclude(stored_as="").exclude(state__in=AT_WORK).select_for_update(of=("self",)))
    for row in rows:
        path_of(row.stored_as).unlink(missing_ok=True)
        row.stored_as = ""
        if row.state not in OVER:
            MOVES.move(row, State.CANCELLED)
            row.ended_at = timezone.now()
        ImportRow.objects.filter(batch_id=row.pk).delete()
        record(actor, row)
    return len(rows) + _strays(before.timestamp())


def _strays(before: float) -> int:
    """Files that no import names: their upload broke off."""
    found = [path for path in (Path(settings.FILES) / FOLDER).glob("*/*") if path.stat().st_mtime < before]
    names = {f"{FOLDER}/{path.parent.name}/{path.name}": path for path in found}
    known = set(Import.objects.filter(stored_as__in=list(names)).values_list("stored_as", flat=True))
    strays = [path for name, path in names.items() if name not in known]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)
