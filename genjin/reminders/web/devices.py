"""A member's browsers that receive pushes, and the script that shows them."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused
from genjin.reminders.actions.devices import add_device, remove_device
from genjin.reminders.web.choosing import NEEDS, PLACE
from genjin.ui.pages import PageRequest, go, page

WORKER = (Path(__file__).resolve().parent.parent / "worker.js").read_text()


@page("push.js", name="push-worker", open="the browser fetches it without a session; it holds nothing of the company")
def worker(request: PageRequest) -> HttpResponse:
    """The service worker; at the root, so that it may speak for every page."""
    del request
    return HttpResponse(WORKER, "text/javascript; charset=utf-8")


@page("profile/devices/new", name="device-new", methods=["POST"], needs=NEEDS)
def new(request: PageRequest) -> HttpResponse:
    """Let this browser receive pushes."""
    raw = {name: request.POST.get(name, "") for name in ("endpoint", "public_key", "secret")}
    try:
        add_device.run(request.actor, None, {**raw, "agent": request.headers.get("User-Agent", "")[:200]})
    except Refused as refusal:
        return go(request, PLACE, refusal.message, tone="bad")
    return go(request, PLACE, _("这台设备会收到推送"))


@page("profile/devices/<int:device_id>/removal", name="device-removal", methods=["POST"], needs=NEEDS)
def remove(request: PageRequest, device_id: int) -> HttpResponse:
    """No more pushes to a browser."""
    remove_device.run(request.actor, device_id, {})
    return go(request, PLACE, _("设备已移除"))
