"""Django's handle on ownership."""

from django.apps import AppConfig


class OwnershipConfig(AppConfig):
    """Ownership as a Django app."""

    name = "genjin.ownership"
    label = "ownership"

    def ready(self) -> None:
        """Register grants, the team branch and the consumers."""
        from genjin.ownership import actions, jobs, queries  # slow: models must be ready

        assert actions
        assert jobs
        assert queries
