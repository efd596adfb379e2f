"""Django's handle on reminders."""

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    """Reminders as a Django app."""

    name = "genjin.reminders"
    label = "reminders"
