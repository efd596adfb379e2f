"""Django's handle on the surfaces."""

from django.apps import AppConfig


class SurfacesConfig(AppConfig):
    """The ways in as a Django app; they have no tables."""

    name = "genjin.surfaces"
    label = "surfaces"
