"""Django's handle on the pages."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The generic pages as a Django app (saved views are its only table)."""

    name = "genjin.ui"
    label = "ui"

    def ready(self) -> None:
        """Register the actions and grants of saved views."""
        from genjin.ui.views import actions  # slow: models must be ready

        assert actions
