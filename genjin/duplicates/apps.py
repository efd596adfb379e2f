"""Django's handle on duplicates."""

from django.apps import AppConfig


class DuplicatesConfig(AppConfig):
    """Duplicates as a Django app."""

    name = "genjin.duplicates"
    label = "duplicates"

    def ready(self) -> None:
        """Register grants, settings, actions."""
        from genjin.duplicates import actions, grants, jobs, settings  # slow: models must be ready
        from genjin.duplicates.risks import settings as risk_settings  # slow: as above

        assert actions
        assert grants
        assert jobs
        assert settings
        assert risk_settings
