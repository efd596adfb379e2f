"""Django's handle on plans."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Plans as a Django app."""

    name = "genjin.plans"
    label = "plans"
