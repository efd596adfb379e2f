"""Django's handle on revealing."""

from django.apps import AppConfig


class RevealingConfig(AppConfig):
    """Revealing as a Django app."""

    name = "genjin.revealing"
    label = "revealing"

    def ready(self) -> None:
        """Register settings and the words of its events."""
        from genjin.revealing import settings  # slow: models must be ready

        assert settings
