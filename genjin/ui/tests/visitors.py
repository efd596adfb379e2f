"""Clients signed in as one of the cast, and what htmx sends along."""

from __future__ import annotations

from django.test import Client

from genjin.org.models import Member

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def visitor(member: Member) -> Client:
    """A browser of this member."""
    client = Client()
    client.force_login(member)
    return client
