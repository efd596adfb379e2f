"""Django's handle on leads."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """Leads as a Django app."""

    name = "genjin.leads"
    label = "leads"

    def ready(self) -> None:
        """Register the record type, what hangs on it, its actions and jobs."""
        from genjin.leads import (
            actions,
            allocating,
            explaining,
            hanging,
            importing,
            jobs,
            merging,
            record,
        )  # slow: models must be ready

        assert actions
        assert allocating
        assert explaining
        assert hanging
        assert importing
        assert jobs
        assert merging
        assert record
