"""Django's handle on ownership."""

from django.apps import AppConfig


class OwnershipConfig(AppConfig):
    """Ownership as a Django app."""

    name = "genjin.ownership"
    label = "ownership"

    def ready(self) -> None:
        """Register grants, the team branch, the bar of pools and the consumers."""
        from genjin.ownership import actions, jobs, queries, standing  # slow: models must be ready

        assert actions
        assert jobs
        assert queries
        assert standing
