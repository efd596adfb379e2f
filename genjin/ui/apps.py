"""Django's handle on the pages."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The generic pages as a Django app (saved views are its only table)."""

    name = "genjin.ui"
    label = "ui"
