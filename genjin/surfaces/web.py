"""The addresses of the surfaces: the pages of each, and the JSON door."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from genjin.surfaces.api import urls as api
from genjin.ui.pages import urlpatterns_of

MODULES = ()

urlpatterns: list[URLPattern | URLResolver] = [*urlpatterns_of(*MODULES), *api.urlpatterns, *api.fallback]
