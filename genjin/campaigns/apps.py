"""Django's handle on campaigns."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns as a Django app."""

    name = "genjin.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Register the record types and their actions."""
        from genjin.campaigns import actions, record  # slow: models must be ready

        assert actions
        assert record
