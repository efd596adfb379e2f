"""Django's handle on fields and layouts."""

from django.apps import AppConfig


class TailoringConfig(AppConfig):
    """Fields and layouts as a Django app."""

    name = "genjin.tailoring"
    label = "tailoring"

    def ready(self) -> None:
        """Register grants and actions."""
        from genjin.tailoring import actions, grants  # slow: models must be ready

        assert actions
        assert grants
