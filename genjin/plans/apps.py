"""Django's handle on plans."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Plans as a Django app."""

    name = "genjin.plans"
    label = "plans"

    def ready(self) -> None:
        """Register the record type, the actions, the branches and the consumers."""
        from genjin.plans import actions, jobs, record  # slow: models must be ready

        assert actions
        assert jobs
        assert record
