"""Django's handle on comments."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    """Comments as a Django app."""

    name = "genjin.comments"
    label = "comments"

    def ready(self) -> None:
        """Register grants, actions and the reader of events."""
        from genjin.comments import actions, jobs  # slow: models must be ready

        assert actions
        assert jobs
