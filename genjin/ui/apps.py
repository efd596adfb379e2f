"""Django's handle on the pages."""

import threading

from django.apps import AppConfig
from django.utils.translation import trans_real


class UiConfig(AppConfig):
    """The generic pages as a Django app (saved views are its only table)."""

    name = "genjin.ui"
    label = "ui"

    def ready(self) -> None:
        """Register the actions and grants of saved views, and who may look at whose day."""
        # each word asks which language is in force, a thousand times a page: threads need no lock for that
        trans_real._active = threading.local()  # type: ignore[attr-defined]  # not public
        from genjin.ui import watching  # slow: models must be ready
        from genjin.ui.views import actions

        assert actions
        assert watching
