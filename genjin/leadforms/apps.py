"""Django's handle on public forms."""

from django.apps import AppConfig


class LeadformsConfig(AppConfig):
    """Public forms as a Django app."""

    name = "genjin.leadforms"
    label = "leadforms"

    def ready(self) -> None:
        """Register grants, settings, actions, jobs, notices."""
        from genjin.leadforms import (
            actions,
            grants,
            handing,
            jobs,
            merging,
            settings,
            telling,
        )  # slow: models must be ready

        assert actions
        assert grants
        assert handing
        assert jobs
        assert merging
        assert settings
        assert telling
