"""Django's handle on the surfaces."""

from django.apps import AppConfig


class SurfacesConfig(AppConfig):
    """The ways in as a Django app."""

    name = "genjin.surfaces"
    label = "surfaces"

    def ready(self) -> None:
        """Register the imports' grant, actions and job."""
        from genjin.surfaces.imports import actions, grants, jobs  # slow: models must be ready

        assert actions
        assert grants
        assert jobs
