"""Django's handle on conversion."""

from django.apps import AppConfig


class ConversionConfig(AppConfig):
    """Conversion as a Django app."""

    name = "genjin.conversion"
    label = "conversion"

    def ready(self) -> None:
        """Register the verb and what follows merges."""
        from genjin.conversion import actions, merging  # slow: models must be ready

        assert actions
        assert merging
