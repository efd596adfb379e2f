"""Django's handle on the pages."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The generic pages as a Django app (saved views are its only table)."""

    name = "genjin.ui"
    label = "ui"

    def ready(self) -> None:
        """Register the actions and grants of saved views, and who may look at whose day."""
        from genjin.ui import watching  # slow: models must be ready
        from genjin.ui.views import actions

        assert actions
        assert watching
