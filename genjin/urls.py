"""All addresses: the pages each area declares in its web module, and the JSON door."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver

from genjin.areas import web_modules
from genjin.ui.pages import urlpatterns_of


def _collected() -> list[URLPattern | URLResolver]:
    patterns: list[URLPattern | URLResolver] = []
    for name in web_modules():
        if find_spec(name) is not None:
            module = import_module(name)
            patterns += urlpatterns_of(module)
            patterns += getattr(module, "urlpatterns", [])
    return patterns


urlpatterns = _collected()

handler400 = "genjin.ui.errors.bad_request"
handler403 = "genjin.ui.errors.forbidden"
handler404 = "genjin.ui.errors.not_found"
handler500 = "genjin.ui.errors.server_error"
