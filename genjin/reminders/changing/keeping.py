"""Mails that are kept here instead of sent."""

from __future__ import annotations

from genjin.reminders.models import KeptMail

MOST = 500


def keep_mail(sent_to: str, subject: str, body: str) -> None:
    """Keep a mail; only the last MOST stay."""
    row = KeptMail.objects.create(sent_to=sent_to[:400], subject=subject[:400], body=body)
    if row.pk % 50 == 0:
        KeptMail.objects.filter(pk__lte=row.pk - MOST).delete()
