"""Django's handle on scoring."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """Scoring as a Django app."""

    name = "genjin.scoring"
    label = "scoring"

    def ready(self) -> None:
        """Register what is scored with its fields, the signals, the actions, the jobs, what merging does with it."""
        from genjin.scoring import actions, jobs, merging, registering, sources  # slow: models must be ready

        assert actions
        assert jobs
        assert merging
        assert registering
        assert sources
