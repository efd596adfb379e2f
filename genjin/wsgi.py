"""The web application, as granian's workers load it."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from genjin.kernel.processes import end_with_parent

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

READY_PATH = "/-/ready"
COLLECT_AFTER = (5_000, 10, 10)  # a page makes as many objects and drops them all

# A killed master must not leave workers that own the port.
if os.environ.get("GENJIN_SERVED") == "1":
    end_with_parent(signal.SIGKILL)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genjin.settings")
_django = get_wsgi_application()
# Imports all pages: now, rather than in somebody's first request.
_pages = get_resolver().url_patterns
if os.environ.get("GENJIN_SERVED") == "1":
    from genjin.oversight.flushing import begin  # slow: models must be ready

    begin()
# What is loaded stays: looking through it for garbage would stop a request for a tenth of a second now and then.
gc.freeze()
gc.set_threshold(*COLLECT_AFTER)


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Django; and the answer to the supervisor's question whether this worker has loaded."""
    if environ.get("PATH_INFO") == READY_PATH:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Cache-Control", "no-store")])
        return [b"ready\n"]
    return _django(environ, start_response)
