"""Django's handle on sales clashes."""

from django.apps import AppConfig


class ClashesConfig(AppConfig):
    """Sales clashes as a Django app."""

    name = "genjin.clashes"
    label = "clashes"

    def ready(self) -> None:
        """Register settings, the verbs, the readers of events and what stays with merged records."""
        from genjin.clashes import actions, jobs, merging  # slow: models must be ready

        assert actions
        assert jobs
        assert merging
