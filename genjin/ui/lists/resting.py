"""The ways to records that no ordinary list shows: the archive and the recycle bin of a type."""

from __future__ import annotations

from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS
from genjin.kernel.records import RecordType
from genjin.ui.addresses import list_url


def resting_lists(record_type: RecordType) -> list[tuple[str, str, str]]:
    """[(address, words, icon)] of the lists that this type's actions can fill."""
    base = list_url(record_type)
    found = []
    if record_type.grant("archive") in ACTIONS:
        found.append((f"{base}?f=1&life=archived", _("已归档"), "archive"))
    if record_type.grant("void") in ACTIONS:
        found.append((f"{base}?f=1&life=voided", _("回收站"), "trash"))
    return found
