"""A site whose views go wrong in every way, behind the product's own middleware."""

from __future__ import annotations

import sys

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse

from genjin.kernel.refusal import Forbidden, Refused, Stale
from genjin.ui.pages import PageRequest, page, urlpatterns_of

FAULTS = {
    "fault": ValueError("secret detail"),
    "refused": Refused("not_open", "已经关闭，不能再改"),
    "stale": Stale({}, 2),
    "forbidden": Forbidden(),
    "bad": SuspiciousOperation("secret detail"),
}


@page("<str:what>", name="faulty", open="a test's own site")
def faulty(_request: PageRequest, what: str) -> HttpResponse:
    """Go wrong as asked."""
    raise FAULTS.get(what, Http404("secret detail"))


urlpatterns = urlpatterns_of(sys.modules[__name__])
handler400 = "genjin.ui.errors.bad_request"
handler403 = "genjin.ui.errors.forbidden"
handler404 = "genjin.ui.errors.not_found"
handler500 = "genjin.ui.errors.server_error"
