"""What surrounds every page: company, member, menu, theme, density. Areas say how company and member are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone, translation

from genjin.kernel.actor import Actor
from genjin.ui.formats import Formats
from genjin.ui.navigation import Menu, menu_for

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


_readers: dict[str, Callable[..., Any]] = {}


def register_shell(*, company: Callable[[], Company], role: Callable[[Actor], str]) -> None:
    """Let the organisation say which company this is and what stands below a member's name."""
    _readers.update(company=company, role=role)


def company() -> Company:
    """The company, for pages without a signed-in member as well."""
    return _readers["company"]() if _readers else Company("")


def shell_for(actor: Actor, path: str = "") -> Shell:
    """The surroundings of the page at `path` for this actor."""
    return Shell(company(), actor.name, _readers["role"](actor) if _readers else "", menu_for(actor, path))


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
