"""Django's handle on oversight."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """Oversight as a Django app."""

    name = "genjin.oversight"
    label = "oversight"

    def ready(self) -> None:
        """Register grants, settings, actions and the nightly work."""
        from genjin.oversight import actions, jobs, settings  # slow: models must be ready

        assert actions
        assert jobs
        assert settings
