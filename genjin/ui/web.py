"""Pages of the interface itself: the component sheet and the list of keys."""

from __future__ import annotations

from django.http import HttpResponse

from genjin.ui.pages import PageRequest, fragment, page, render


@page("settings/components", name="components")
def components(request: PageRequest) -> HttpResponse:
    """Every component in every state, for looking at."""
    return render(request, "ui/components.html")


@page("keys", name="keys")
def keys(request: PageRequest) -> HttpResponse:
    """The keyboard's shortcuts, in a dialog."""
    return fragment(request, "ui/keys.html")
