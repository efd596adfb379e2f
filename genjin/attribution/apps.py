"""Django's handle on attribution."""

from django.apps import AppConfig


class AttributionConfig(AppConfig):
    """Attribution as a Django app."""

    name = "genjin.attribution"
    label = "attribution"

    def ready(self) -> None:
        """Register the filters by which numbers open their rows."""
        from genjin.attribution import drills  # slow: models must be ready

        assert drills
