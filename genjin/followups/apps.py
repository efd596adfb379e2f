"""Django's handle on follow-ups."""

from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    """Follow-ups as a Django app."""

    name = "genjin.followups"
    label = "followups"

    def ready(self) -> None:
        """Register record type, actions and the reader of events."""
        from genjin.followups import (  # slow: models must be ready
            actions,
            closing,
            former,
            jobs,
            merging,
            record,
            waiting,
        )

        assert actions
        assert closing
        assert former
        assert jobs
        assert merging
        assert record
        assert waiting
