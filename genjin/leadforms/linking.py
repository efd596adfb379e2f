"""Links to a form: the address, the code to copy into other sites, the square that phones read."""

from __future__ import annotations

from html import escape
from io import BytesIO

import segno
from django.conf import settings

from genjin.leadforms.models import FormChannel, LeadForm


def link_of(form: LeadForm, channel: FormChannel | None = None) -> str:
    """The address of the hosted page, through a channel."""
    address = f"{settings.SITE_ADDRESS}/f/{form.key}"
    return f"{address}?c={channel.code}" if channel else address


def snippet_of(form: LeadForm) -> str:
    """What the editor of another site pastes."""
    address, title = f"{settings.SITE_ADDRESS}/f/{form.key}/frame", escape(form.title, quote=True)
    return f'<iframe src="{address}" title="{title}" width="100%" height="720" frameborder="0" loading="lazy"></iframe>'


def qr_picture(text: str) -> str:
    """A QR code as the address of a picture."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=2, dark="#191b20", light="#fff")


def qr_file(text: str) -> bytes:
    """The same as a file to be printed in any size."""
    into = BytesIO()
    draw = segno.make(text, error="m", micro=False).save  # rows: a picture
    draw(into, kind="svg", scale=10, border=4, light="#fff")
    return into.getvalue()
