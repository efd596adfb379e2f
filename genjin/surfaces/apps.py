"""Django's handle on the surfaces."""

from django.apps import AppConfig


class SurfacesConfig(AppConfig):
    """The ways in as a Django app."""

    name = "genjin.surfaces"
    label = "surfaces"

    def ready(self) -> None:
        """Register grants, actions and jobs of imports and exports, and what exports are bound to."""
        from genjin.surfaces.exports import jobs as making  # slow: models must be ready
        from genjin.surfaces.imports import actions, drilling, grants, jobs, merging

        assert actions
        assert drilling
        assert grants
        assert jobs
        assert making
        assert merging
