"""Django's handle on reminders."""

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    """Reminders as a Django app."""

    name = "genjin.reminders"
    label = "reminders"

    def ready(self) -> None:
        """Register actions, grants and the periodic work."""
        from genjin.reminders import actions, jobs  # slow: models must be ready

        assert actions
        assert jobs
