"""Django's handle on opportunities."""

from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    """Opportunities as a Django app."""

    name = "genjin.opportunities"
    label = "opportunities"

    def ready(self) -> None:
        """Register the record type, the actions, what follows customers, the jobs, the rule of pools."""
        from genjin.opportunities import (  # slow: models must be ready
            actions,
            allocating,
            following,
            importing,
            jobs,
            merging,
            pooling,
            record,
            stalling,
            subjects,
        )
        from genjin.opportunities.changing import deals  # slow: models must be ready

        assert actions
        assert allocating
        assert deals
        assert following
        assert importing
        assert jobs
        assert merging
        assert pooling
        assert record
        assert stalling
        assert subjects
