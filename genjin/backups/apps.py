"""Django's handle on backups."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """Backups as a Django app."""

    name = "genjin.backups"
    label = "backups"

    def ready(self) -> None:
        """Register grants, settings, actions and the periodic work."""
        from genjin.backups import actions, jobs, settings  # slow: models must be ready

        assert actions
        assert jobs
        assert settings
