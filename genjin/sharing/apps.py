"""Django's handle on sharing."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Sharing as a Django app."""

    name = "genjin.sharing"
    label = "sharing"

    def ready(self) -> None:
        """Register grants, the parts that rules give, the actions, what moving people about gives them."""
        from genjin.sharing import actions, guarding, queries  # slow: models must be ready
        from genjin.sharing.sight import explainers  # slow: models must be ready

        assert actions
        assert explainers
        assert guarding
        assert queries
