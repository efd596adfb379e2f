"""Django's handle on follow-ups."""

from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    """Follow-ups as a Django app."""

    name = "genjin.followups"
    label = "followups"

    def ready(self) -> None:
        """Register record type, actions and the reader of events."""
        from genjin.followups import actions, closing, jobs, merging, record, waiting  # slow: models must be ready

        assert actions
        assert closing
        assert jobs
        assert merging
        assert record
        assert waiting
