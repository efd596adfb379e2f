"""Django's handle on plans."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Plans as a Django app."""

    name = "genjin.plans"
    label = "plans"

    def ready(self) -> None:
        """Register the record type, the actions, the branches, the consumers and the digest; customer care."""
        from genjin.plans import actions, digest, explaining, jobs, merging, record  # slow: models must be ready
        from genjin.plans.care import jobs as care  # slow: models must be ready

        assert actions
        assert care
        assert digest
        assert explaining
        assert jobs
        assert merging
        assert record
