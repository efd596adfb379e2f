"""Django's handle on follow-ups."""

from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    """Follow-ups as a Django app."""

    name = "genjin.followups"
    label = "followups"
