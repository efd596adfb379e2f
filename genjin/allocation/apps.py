"""Django's handle on allocation."""

from django.apps import AppConfig


class AllocationConfig(AppConfig):
    """Allocation as a Django app."""

    name = "genjin.allocation"
    label = "allocation"

    def ready(self) -> None:
        """Register grants, actions and the readers of events."""
        from genjin.allocation import actions, handing, jobs  # slow: models must be ready

        assert actions
        assert handing
        assert jobs
