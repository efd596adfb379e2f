"""Django's handle on merging."""

from django.apps import AppConfig


class MergingConfig(AppConfig):
    """Merging as a Django app."""

    name = "genjin.merging"
    label = "merging"

    def ready(self) -> None:
        """Register what stays with merged records, how teams unite, and the reader of events."""
        from genjin.merging import jobs, staying, teams  # slow: models must be ready

        assert jobs
        assert staying
        assert teams
