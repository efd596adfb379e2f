"""Pages of the interface itself, and the generic pages of lists, records, forms and views (in `urlpatterns`)."""

from __future__ import annotations

from django.http import HttpResponse

from genjin.ui import undoing, workbench
from genjin.ui.commands import found
from genjin.ui.details import web as details
from genjin.ui.forms import web as forms
from genjin.ui.lists import summing
from genjin.ui.lists import web as lists
from genjin.ui.pages import PageRequest, fragment, page, render, urlpatterns_of
from genjin.ui.views import web as views


@page("settings/components", name="components")
def components(request: PageRequest) -> HttpResponse:
    """Every component in every state, for looking at."""
    return render(request, "ui/components.html")


@page("keys", name="keys")
def keys(request: PageRequest) -> HttpResponse:
    """The keyboard's shortcuts, in a dialog."""
    return fragment(request, "ui/keys.html")


@page("palette", name="palette")
def palette(request: PageRequest) -> HttpResponse:
    """What the command palette shows for `q`."""
    asked = request.GET.get("q", "")
    groups = found(request.actor, asked, request.GET.get("from", "")[:200])
    return fragment(request, "ui/palette.html", groups=groups, asked=asked)


# fixed words come before `<int:row_id>` and the bare plural, so that no record type can shadow them
urlpatterns = urlpatterns_of(undoing, workbench, forms, views, summing, lists, details)
