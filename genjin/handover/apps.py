"""Django's handle on handovers."""

from django.apps import AppConfig


class HandoverConfig(AppConfig):
    """Handovers as a Django app."""

    name = "genjin.handover"
    label = "handover"

    def ready(self) -> None:
        """Register grants, settings, the parts, the actions, the jobs and the watch over who is leaving."""
        from genjin.handover import jobs, merging, pools, watching  # slow: models must be ready
        from genjin.handover.actions import others, places, plans  # slow: models must be ready

        assert jobs
        assert pools
        assert others
        assert places
        assert plans
        assert watching
        assert merging
