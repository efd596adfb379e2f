"""Django's handle on fields and layouts."""

from django.apps import AppConfig


class TailoringConfig(AppConfig):
    """Fields and layouts as a Django app."""

    name = "genjin.tailoring"
    label = "tailoring"

    def ready(self) -> None:
        """Register grants, actions and jobs."""
        from genjin.tailoring import actions, grants, jobs  # slow: models must be ready

        assert actions
        assert grants
        assert jobs
