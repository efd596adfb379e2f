"""Django's handle on comments."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    """Comments as a Django app."""

    name = "genjin.comments"
    label = "comments"
