"""What surrounds every page: company, member, menu, theme, density. Not here: who may see what (the actor knows)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation

from genjin.kernel.actor import Actor
from genjin.org.queries import organisation
from genjin.ui.formats import Formats
from genjin.ui.navigation import Menu, menu_for
from genjin.ui.quick import Quick, quick_for

THEMES = ("light", "dark")
DENSITIES = ("compact", "default", "relaxed")


@dataclass(frozen=True)
class Company:
    """The company as the shell shows it."""

    name: str
    logo_url: str = ""


@dataclass(frozen=True)
class Shell:
    """Everything layout.html draws around a page."""

    company: Company
    name: str
    role: str
    menu: Menu
    quick: list[Quick]


def shell_for(actor: Actor, path: str = "") -> Shell:
    """The surroundings of the page at `path` for this actor."""
    org = organisation(actor)
    person = org.people.get(actor.member_id or 0)
    node = org.departments.get(person.department_id or 0) if person else None
    role = " · ".join(filter(None, (person.title if person else "", node.name if node else "")))
    return Shell(Company(org.company, maybe_logo(org.logo)), actor.name, role, menu_for(actor, path), quick_for(actor))


def maybe_logo(logo: str) -> str:
    """The address of the company's logo; '' while there is none."""
    if not logo:
        return ""
    try:
        return f"{reverse('logo')}?v={logo}"
    except NoReverseMatch:
        return ""


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """The context every template gets: request, actor, fmt, look, csrf_token, request_id."""
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "request": request,
        "actor": actor,
        "fmt": formats_for(actor),
        "csrf_token": get_token(request),
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "theme": _one_of(request.COOKIES.get("theme"), THEMES, ""),
        "density": _one_of(request.COOKIES.get("density"), DENSITIES, "default"),
        "request_id": getattr(request, "request_id", ""),
        "stamp": int(timezone.now().timestamp() * 1000),
    }


def formats_for(actor: Actor | None) -> Formats:
    """Date formats in the actor's zone (the company's when nobody is signed in)."""
    if actor is not None:
        return Formats(actor.zone, actor.now())
    return Formats(ZoneInfo(settings.COMPANY_TIME_ZONE), timezone.now())


def _one_of(value: str | None, allowed: tuple[str, ...], otherwise: str) -> str:
    return value if value in allowed else otherwise
