"""Django's handle on follow-ups."""

from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    """Follow-ups as a Django app."""

    name = "genjin.followups"
    label = "followups"

    def ready(self) -> None:
        """Register record type and actions."""
        from genjin.followups import actions, closing, record  # slow: models must be ready

        assert actions
        assert closing
        assert record
