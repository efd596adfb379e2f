"""Django's handle on plans."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Plans as a Django app."""

    name = "genjin.plans"
    label = "plans"

    def ready(self) -> None:
        """Register the record type, the actions, the branches, the consumers and the digest."""
        from genjin.plans import actions, digest, jobs, record  # slow: models must be ready

        assert actions
        assert digest
        assert jobs
        assert record
